import Foundation
import HDF5
import Testing

/// A command that is ended while it writes leaves nothing half behind: its file is whole, or not there.
@Suite(.serialized) struct InterruptedWritingTests {
  private static let signals = [SIGINT, SIGTERM, SIGHUP, SIGKILL]

  /// Waits until a file is being written, or the last one is there.
  private func waitForWriting(_ process: pid_t, _ convoy: ConvoyProcess, _ file: String) {
    let deadline = Date(timeIntervalSinceNow: 120)
    while !convoy.isWriting(process), !convoy.exists(file), deadline > .now { usleep(200) }
  }

  private func leftovers(_ convoy: ConvoyProcess) -> [String] {
    let files = FileManager.default.enumerator(atPath: convoy.folder.path)?.compactMap { $0 as? String } ?? []
    return files.filter { $0.hasSuffix(".temporary") }
  }

  @Test(arguments: WritingCommand.all, signals) func nothingHalfIsLeft(_ command: WritingCommand, _ number: Int32)
    throws
  {
    let convoy = try ConvoyProcess.forWriting()
    defer { convoy.remove() }
    let result = try convoy.run(command.words + command.arguments) { process in
      waitForWriting(process, convoy, command.file)
      kill(process, number)
    }
    #expect(leftovers(convoy).isEmpty, "\(result.status) \(result.errors)")
    // With an end of its own, or as the signal ends a program.
    #expect([0, 75, number].contains(result.status), "\(result.status) \(result.errors)")
    guard command.name == "features" else { return }
    #expect(result.wasKilled && !convoy.exists(command.file), "the signal came too late to test anything")
  }

  /// mpirun passes Ctrl-C on as SIGTERM, a second later: time enough for a small file to become whole.
  @Test(arguments: ["features", "train"], [2, 3]) func neitherByRanks(_ name: String, _ ranks: Int) throws {
    _ = try end(name, ranks) { launcher in kill(launcher, SIGINT) }
  }

  /// A rank that dies, be it the one that writes, ends the others; mpirun kills those that take a second for it.
  @Test(arguments: ["features", "train"], [(2, 0), (2, 1), (3, 0), (3, 1), (3, 2)])
  func neitherByADyingRank(_ name: String, _ place: (ranks: Int, killed: Int)) throws {
    let isThere = try end(name, place.ranks) { launcher in
      // mpirun starts them in their order.
      let ranks = ConvoyProcess.children(of: launcher).sorted()
      kill(try #require(ranks.count == place.ranks ? ranks[place.killed] : nil), SIGKILL)
    }
    #expect(name == "train" || !isThere, "the signal came too late to test anything")
  }

  /// Lets `body` end a command on several ranks while it writes its file; a training writes one after the other.
  ///
  /// - Returns: whether the file is there, and then it is whole.
  private func end(_ name: String, _ ranks: Int, with body: (_ launcher: pid_t) throws -> Void) throws -> Bool {
    let convoy = try ConvoyProcess.forWriting()
    defer { convoy.remove() }
    let command = try #require(WritingCommand.all.first { $0.name == name })
    let often = name == "train" ? ["--max-steps", "100", "--set", "checkpoint.every=1"] : []
    let result = try convoy.run([name] + command.arguments + often, ranks: ranks) { launcher in
      waitForWriting(launcher, convoy, name == "train" ? "nothing" : command.file)
      try body(launcher)
    }
    #expect(result.status != 0 && leftovers(convoy).isEmpty, "\(result.status) \(result.errors)")
    guard convoy.exists(command.file) else { return false }
    if name == "train" {
      #expect(try convoy.run(["verify", command.file]).status == 0)
    } else {
      _ = try File(reading: convoy.path(command.file))
    }
    return true
  }
}
