import ArgumentParser
import Communication
import Glibc
import Kernels
import Tensors

/// `convoy`
@main
struct RootCommand: ParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "convoy",
    abstract: "Trains convolutional networks on the ranks that mpirun starts.",
    discussion: "EXIT STATUS:\n"
      + ExitStatus.allCases.map { "\($0.rawValue): \($0.meaning)" }.joined(separator: "\n"),
    version: "convoy \(version)",
    subcommands: [
      TrainCommand.self, FindRateCommand.self, EvaluateCommand.self, PredictCommand.self, FeaturesCommand.self,
      ForwardCommand.self, InspectCommand.self, DataCommand.self, VerifyCommand.self, DoctorCommand.self,
      ImportCommand.self,
      ExportCommand.self, ConvolveCommand.self, LayersCommand.self,
      ModelsCommand.self, BenchCommand.self,
    ])

  static func main() {
    Output.outliveReaders()
    if let shortage = StartMemory.shortage {
      // The ranks of a machine lack it alike: one of them says so, and ends them, which a busy launcher takes time for.
      if Launch.rank != 0 { sleep(4) }
      Output.complain(shortage.description)
      World.end(status: ExitStatus.configuration.rawValue)
    }
    if let failure = GEMM.failure {
      if Launch.rank == 0 { Output.complain(failure) }
      World.end(status: ExitStatus.failure.rawValue)
    }
    let known = configuration.subcommands.map { $0._commandName }
    if let problem = FamiliarCommands.problem(Array(CommandLine.arguments.dropFirst()), known: known) {
      if Launch.rank == 0 { Output.complain(problem) }
      World.end(status: ExitStatus.usage.rawValue)
    }
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      // All ranks were given the same command line: one of them says what is wrong with it, or what was asked about it.
      let status = exitCode(for: error).rawValue
      if Launch.rank == 0 {
        if status == 0 { exit(withError: error) }
        Output.note(fullMessage(for: error))
      }
      World.end(status: status)
    }
  }
}
