import Foundation
import Testing

/// The scripts of `launch`, as somebody meets them on the first day.
@Suite struct LaunchScriptTests {
  /// All that can be started, those of the folders below too.
  private static let scripts: [String] = {
    let folder = ConvoyProcess.root.appending(path: "launch").path
    let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    return names.filter { name in
      guard let text = try? String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8) else { return false }
      return text.hasPrefix("#!") && FileManager.default.isExecutableFile(atPath: "\(folder)/\(name)")
    }.sorted()
  }()

  @Test func thereAreScripts() {
    #expect(
      Set(LaunchScriptTests.scripts).isSuperset(of: ["quickstart", "test", "compare", "convoy-run", "peers/setup"]))
  }

  /// Help comes at once, and nothing is built or installed for it: there is no Swift on the path, and no network is
  /// asked.
  @Test(arguments: scripts, ["--help", "-h"]) func helpComesFirst(script: String, option: String) throws {
    let convoy = try ConvoyProcess()
    defer { convoy.remove() }
    let start = ContinuousClock.now
    let result = try convoy.launch([script, option], variables: ["PATH=/usr/bin:/bin", "CONVOY="])
    #expect(result.status == 0 && result.errors == "", "\(result.errors)")
    #expect(result.output.contains("  launch/\(script)"), "\(result.output)")
    #expect(!result.output.contains("\\") && ContinuousClock.now - start < .seconds(20))
    #expect(result.lines.allSatisfy { $0.count <= 130 })
  }

  /// A wrong argument is named before anything is built.
  @Test(arguments: scripts) func aWrongOptionIsNamed(script: String) throws {
    let convoy = try ConvoyProcess()
    defer { convoy.remove() }
    let result = try convoy.launch([script, "--nonsense"], variables: ["PATH=/usr/bin:/bin"])
    #expect(result.status != 0, "\(result.output)")
    #expect(result.errors.contains("nonsense"), "\(result.errors)")
  }

  /// The program, its manual page and completions.
  @Test func convoyIsInstalled() throws {
    let convoy = try ConvoyProcess()
    defer { convoy.remove() }
    let result = try convoy.launch(["install", convoy.path("prefix")])
    #expect(result.status == 0 && result.lines.count == 5, "\(result.errors)")
    for file in result.lines { #expect(FileManager.default.fileExists(atPath: file)) }
    let manual = try convoy.read("prefix/share/man/man1/convoy.1")
    for part in [".SS convoy train", ".SS convoy bench", "\\-\\-max\\-steps", ".SH EXIT STATUS", ".TP\n75\n"] {
      #expect(manual.contains(part), "\(part)")
    }
    #expect(try convoy.read("prefix/share/bash-completion/completions/convoy").contains("find-rate"))
  }
}
