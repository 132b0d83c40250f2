import Foundation
import HDF5
import TemporaryFiles
import Testing

@Suite struct ReplacingTests {
  private struct Interruption: Error {}

  @Test func aFileIsReplacedWholeOrNotAtAll() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "convoy-replacing-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.path() + "/a.h5"
    for value: Int64 in [1, 2] { try File.replace(path) { try $0.root.attributes.set("value", value) } }
    #expect(throws: Interruption.self) {
      try File.replace(path) { file in
        try file.root.attributes.set("value", Int64(3))
        throw Interruption()
      }
    }
    #expect(try File(reading: path).root.attributes.value("value", as: Int64.self) == 2)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path()) == ["a.h5"])
  }

  /// Until it is whole a file has no name, or, where there are no such files, a temporary one.
  @Test(arguments: [false, true]) func aFileAppearsWhenItIsWhole(_ hasName: Bool) throws {
    try withTemporaryFile { path in
      try Data("old".utf8).write(to: URL(filePath: path))
      let folder = URL(filePath: path).deletingLastPathComponent().path
      func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder).sorted() }
      func check(_ file: consuming TemporaryFile) throws {
        #expect(try names() == ["file.h5"] + (hasName ? ["file.h5.\(getpid()).temporary"] : []))
        try Data("new".utf8).write(to: URL(filePath: file.path))
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
        let isTaken = file.take(path)
        #expect(isTaken)
      }
      // Abandoned first.
      _ = hasName ? TemporaryFile(withTemporaryNameFor: path) : TemporaryFile(for: path)
      #expect(try names() == ["file.h5"])
      try check(hasName ? TemporaryFile(withTemporaryNameFor: path) : TemporaryFile(for: path))
      #expect(try names() == ["file.h5"] && String(contentsOfFile: path, encoding: .utf8) == "new")
      // As a file has that any program makes.
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
      let mask = umask(0)
      umask(mask)
      #expect(mode == 0o666 & ~Int(mask))
    }
  }

  @Test func aFolderThatIsMissingIsNamed() {
    #expect { try File.replace("/nowhere/at/all/a.h5") { _ in } } throws: { "\($0)".contains("/nowhere/at/all/a.h5") }
  }
}
