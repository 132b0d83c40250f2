import Foundation
import HDF5
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

  @Test func aFolderThatIsMissingIsNamed() {
    #expect { try File.replace("/nowhere/at/all/a.h5") { _ in } } throws: { "\($0)".contains("/nowhere/at/all/a.h5") }
  }
}
