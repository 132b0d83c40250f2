import Foundation
import Testing

/// A program that reads the output may end, as `head` and `less` do: work goes on without it, and what is only to be
/// read ends quietly.
@Suite(.serialized) struct ReaderTests {
  /// - Parameters:
  ///   - lines: that the reader reads before it ends.
  ///   - withErrors: whether it reads the standard error, too.
  private func run(
    _ convoy: ConvoyProcess, _ arguments: [String], ranks: Int? = nil, lines: Int = 0, withErrors: Bool = true
  ) throws -> ConvoyProcess.Result {
    try convoy.run(arguments, ranks: ranks, through: "\(withErrors ? "2>&1 " : "")| head -n \(lines)")
  }

  @Test(arguments: WritingCommand.all.filter { $0.name != "bench" }) func workGoesOn(_ command: WritingCommand) throws {
    let convoy = try ConvoyProcess.forWriting()
    defer { convoy.remove() }
    for withErrors in [true, false] {
      let run = try run(convoy, command.words + command.arguments + ["--overwrite"], withErrors: withErrors)
      #expect(run.status == 0 && run.complaints.isEmpty, "\(run.status) \(run.errors)")
      #expect(convoy.exists(command.file))
      try? FileManager.default.removeItem(atPath: convoy.path(command.file))
    }
  }

  @Test(arguments: [
    ["layers"], ["models"], ["inspect", "model.h5"], ["inspect", "a.yaml", "--plan"], ["verify", "model.h5", "first"],
    ["import", "model.h5"], ["find-rate", "a.yaml", "--steps", "10"], ["doctor"],
    ["evaluate", "model.h5", "--data", "a.yaml", "--split", "train"],
  ])
  func readingEndsQuietly(_ arguments: [String]) throws {
    let convoy = try ConvoyProcess.forWriting()
    defer { convoy.remove() }
    let run = try run(convoy, arguments, withErrors: false)
    // As a shell tells of every program that SIGPIPE has ended.
    #expect(run.status == 128 + SIGPIPE && run.complaints.isEmpty, "\(run.status) \(run.errors)")
  }

  /// mpirun ends all ranks when it has failed to pass on their output some ten times.
  @Test(arguments: [false, true]) func underMpirunToo(withErrors: Bool) throws {
    let convoy = try ConvoyProcess.forTraining(epochs: 14)
    defer { convoy.remove() }
    let run = try run(convoy, ConvoyProcess.training, ranks: 2, lines: 1, withErrors: withErrors)
    #expect(run.status == 0 && run.errors.isEmpty, "\(run.status) \(run.errors)")
    #expect(try convoy.run(["verify", "run"]).output.contains("step 560,"))
  }

  @Test func underConvoyRunToo() throws {
    let convoy = try ConvoyProcess.forTraining(epochs: 14)
    defer { convoy.remove() }
    let run = try convoy.launch(["convoy-run", "--ranks", "2"] + ConvoyProcess.training, through: "2>&1 | head -n 1")
    #expect(run.status == 0 && run.errors.isEmpty, "\(run.status) \(run.errors)")
    #expect(try convoy.run(["verify", "run"]).output.contains("step 560,"))
  }
}
