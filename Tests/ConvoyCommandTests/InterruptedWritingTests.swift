import Foundation
import Testing

/// A command that is ended while it writes leaves nothing half behind: its file is whole, or not there.
@Suite(.serialized) struct InterruptedWritingTests {
  private static let signals = [SIGINT, SIGTERM, SIGHUP]

  /// Waits until a file is being written, or the last one is there, and sends a signal.
  private func interrupt(_ process: pid_t, _ number: Int32, _ convoy: ConvoyProcess, _ file: String) {
    let deadline = Date(timeIntervalSinceNow: 120)
    while leftovers(convoy).isEmpty, !convoy.exists(file), deadline > .now { usleep(200) }
    kill(process, number)
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
    let result = try convoy.run([command.name] + command.arguments) { interrupt($0, number, convoy, command.file) }
    #expect(leftovers(convoy).isEmpty, "\(result.status) \(result.errors)")
    // With an end of its own, or as the signal ends a program.
    #expect([0, 75, number].contains(result.status), "\(result.status) \(result.errors)")
    guard command.name == "features" else { return }
    #expect(result.wasKilled && !convoy.exists(command.file), "the signal came too late to test anything")
  }

  /// mpirun passes Ctrl-C on as SIGTERM.
  @Test func neitherByRanks() throws {
    let convoy = try ConvoyProcess.forWriting()
    defer { convoy.remove() }
    let features = try #require(WritingCommand.all.first { $0.name == "features" })
    let result = try convoy.run([features.name] + features.arguments, ranks: 2) { launcher in
      interrupt(launcher, SIGINT, convoy, features.file)
    }
    #expect(result.status != 0 && leftovers(convoy).isEmpty, "\(result.status) \(result.errors)")
  }
}
