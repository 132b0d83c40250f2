import Foundation
import Testing

/// The command's words on itself, and to somebody who does not know it yet.
@Suite struct CommandLineTests {
  private static let commands = [
    "train", "find-rate", "evaluate", "predict", "features", "forward", "inspect", "data", "verify", "doctor", "import",
    "convolve", "export",
    "layers", "models", "bench",
  ]

  private func run(_ arguments: [String]) throws -> ConvoyProcess.Result {
    let convoy = try ConvoyProcess()
    defer { convoy.remove() }
    return try convoy.run(arguments)
  }

  @Test(arguments: [
    "trian": "train", "fit": "train", "run": "train", "Train": "train", "eval": "evaluate", "test": "evaluate",
    "validate": "evaluate", "evalute": "evaluate", "infer": "predict", "classify": "predict", "summary": "inspect",
    "convert": "export", "lr-find": "find-rate", "findrate": "find-rate", "benchmark": "bench", "model": "models",
  ])
  func theRightCommandIsOffered(typed: String, meant: String) throws {
    let result = try run([typed, "a.yaml"])
    #expect(result.errors == "convoy: there is no command '\(typed)'; did you mean 'convoy \(meant)'?\n")
    #expect(result.status == 64 && result.output == "")
  }

  @Test func nonsenseIsNotTakenForACommand() throws {
    let result = try run(["frobnicate"])
    #expect(result.errors == "convoy: there is no command 'frobnicate'; 'convoy --help' lists the commands.\n")
    #expect(result.status == 64)
  }

  @Test(arguments: commands) func helpIsReadable(command: String) throws {
    let result = try run([command, "--help"])
    #expect(result.status == 0 && result.output.contains("USAGE: convoy \(command)"))
    #expect(!result.output.contains("\\"), "\(result.output)")
  }

  /// Every command that is listed is documented, and the other way round.
  @Test func commandsAreDocumented() throws {
    let help = try run(["--help"]).output
    let page = try String(contentsOf: ConvoyProcess.root.appending(path: "docs/command-line.md"), encoding: .utf8)
    for command in CommandLineTests.commands {
      #expect(help.contains("\n  \(command) "), "\(command)")
      // A command inside another one is documented by both words.
      let isDescribed = page.contains("**\(command)**") || page.contains("**\(command) check**")
      #expect(page.contains("\nconvoy \(command)") && isDescribed, "\(command)")
    }
    let listed = help.split(separator: "\n").drop { $0 != "SUBCOMMANDS:" }.dropFirst().compactMap { line in
      line.hasPrefix("  ") && !line.hasPrefix("   ") ? line.split(separator: " ").first.map(String.init) : nil
    }
    #expect(Set(listed).subtracting(["See"]) == Set(CommandLineTests.commands), "\(listed)")
  }
}
