import Foundation
import Testing

/// No command replaces a file that nobody wants to lose.
@Suite(.serialized) struct OverwriteTests {
  @Test(arguments: WritingCommand.all) func filesAreReplacedOnRequestOnly(_ command: WritingCommand) throws {
    let convoy = try ConvoyProcess.forWriting()
    defer { convoy.remove() }
    let line = command.words + command.arguments
    let first = try convoy.run(line)
    try #require(first.status == 0, "\(first.errors)")
    let bytes = FileManager.default.contents(atPath: convoy.path(command.file))
    let second = try convoy.run(line)
    #expect(second.status == 2 && second.complaints.count == 1, "\(second.errors)")
    let complaint = second.complaints.first ?? ""
    #expect(complaint.hasPrefix("convoy: output") && complaint.contains("--overwrite"), "\(second.errors)")
    #expect(FileManager.default.contents(atPath: convoy.path(command.file)) == bytes, "it was changed all the same")
    let third = try convoy.run(line + ["--overwrite"])
    #expect(third.status == 0, "\(third.errors)")
    guard let (arguments, file) = command.overInput else { return }
    let input = FileManager.default.contents(atPath: convoy.path(file))
    let lost = try convoy.run(command.words + arguments + ["--overwrite"])
    #expect(lost.status == 2 && lost.errors.contains("is what this command reads"), "\(lost.errors)")
    #expect(FileManager.default.contents(atPath: convoy.path(file)) == input)
  }

  /// A folder, or what is neither folder nor file, is never replaced.
  @Test func whatIsNoFileIsNotReplaced() throws {
    let convoy = try ConvoyProcess.forWriting()
    defer { convoy.remove() }
    let folder = try convoy.run(["export", "model.h5", "--format", "keras", "--output", "first", "--overwrite"])
    #expect(folder.status == 2 && folder.errors.contains("first is a folder"), "\(folder.errors)")
    unsafe mkfifo(convoy.path("pipe"), 0o600)
    let pipe = try convoy.run(["export", "model.h5", "--format", "keras", "--output", "pipe", "--overwrite"])
    #expect(pipe.status == 2 && pipe.errors.contains("pipe is no file that could be replaced"), "\(pipe.errors)")
  }

  /// Whatever command writes where the command line says is in the table, and takes --overwrite.
  @Test func allCommandsAreTested() throws {
    let convoy = try ConvoyProcess()
    defer { convoy.remove() }
    func subcommands(of command: [String]) throws -> [String] {
      let help = try convoy.run(command + ["--help"]).lines
      guard let start = help.firstIndex(of: "SUBCOMMANDS:") else { return [] }
      let lines = help[(start + 1)...].prefix { $0.hasPrefix("  ") }.filter { !$0.hasPrefix("   ") }
      return lines.compactMap { $0.split(separator: " ").first.map(String.init) }.filter { $0 == $0.lowercased() }
    }
    let inner = try subcommands(of: ["data"]).map { "data \($0)" }
    #expect(inner.count == 3)
    let names = try subcommands(of: []) + inner + ["bench"]
    #expect(names.count >= 14)
    let tested = Set(WritingCommand.all.map(\.name))
    for name in names where name != "help" {
      let text = try convoy.run(name.split(separator: " ").map(String.init) + ["--help"]).output
      let writes =
        text.contains("--output ") || text.contains("--overlays ") || text.contains("--sheet ")
        || text.contains("--trace ")
        || text.contains("file to write")
      #expect(writes == tested.contains(name), "\(name)")
      #expect(writes == text.contains("--overwrite"), "\(name)")
    }
  }
}
