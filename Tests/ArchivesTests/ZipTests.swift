import Archives
import Foundation
import Testing

/// A path in a folder of its own, which goes when the body ends.
func withTemporaryPath<Result>(_ name: String, _ body: (_ path: String) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appending(path: "convoy-archives-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder.appending(path: name).path)
}

struct ZipTests {
  static let text = Array("a line of text\n".utf8)
  static let large = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }

  private func written(_ path: String) throws -> ZipArchive {
    try ZipWriter.replace(path) { writer in
      try writer.add("text", ZipTests.text)
      try writer.add("folder/large", ZipTests.large)
      try writer.add("nothing", [])
    }
    return try ZipArchive(reading: path)
  }

  @Test func whatIsWrittenComesBack() throws {
    try withTemporaryPath("a.zip") { path in
      let archive = try written(path)
      #expect(archive.entries.map(\.name) == ["text", "folder/large", "nothing"])
      #expect(archive.entries.map(\.count) == [15, 3_000_000, 0])
      for (entry, wanted) in zip(archive.entries, [ZipTests.text, ZipTests.large, []]) {
        #expect(try archive.read(entry, limit: 1 << 22) == wanted)
      }
      let copy = path + ".large"
      try archive.extract(archive.entries[1], to: copy)
      #expect(try Data(contentsOf: URL(filePath: copy)) == Data(ZipTests.large))
      #expect(throws: ArchiveError.self) { try archive.read(archive.entries[1], limit: 1000) }
      let first = try Data(contentsOf: URL(filePath: path))
      _ = try written(path)
      #expect(try Data(contentsOf: URL(filePath: path)) == first)
    }
  }

  @Test func membersFromAFileAreTheSame() throws {
    try withTemporaryPath("a.zip") { path in
      let source = path + ".source"
      try Data(ZipTests.large).write(to: URL(filePath: source))
      try ZipWriter.replace(path) { try $0.add("large", contentsOf: source) }
      let archive = try ZipArchive(reading: path)
      #expect(try archive.read(archive.entries[0], limit: 1 << 22) == ZipTests.large)
    }
  }

  /// Changes bytes of a good archive and opens it.
  private func problem(_ change: (inout [UInt8]) -> Void) throws -> String {
    try withTemporaryPath("a.zip") { path in
      _ = try written(path)
      var bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
      change(&bytes)
      try Data(bytes).write(to: URL(filePath: path))
      do {
        let archive = try ZipArchive(reading: path)
        for entry in archive.entries { _ = try archive.read(entry, limit: 1 << 30) }
        return "nothing was thrown"
      } catch {
        #expect(error is ArchiveError && "\(error)".hasPrefix(path) && "\(error)".hasSuffix("."))
        return "\(error)"
      }
    }
  }

  /// The place of a text in bytes, from the end.
  private func last(_ text: String, in bytes: [UInt8]) -> Int {
    let wanted = Array(text.utf8)
    return (0...bytes.count - wanted.count).last { Array(bytes[$0..<$0 + wanted.count]) == wanted }!
  }

  @Test func damagedArchivesAreRefused() throws {
    #expect(try problem { _ in } == "nothing was thrown")
    #expect(try problem { $0.removeLast(1) }.contains("truncated"))
    #expect(try problem { $0.removeLast($0.count / 2) }.contains("truncated"))
    #expect(try problem { $0[40] ^= 1 }.contains("checksum"))
    #expect(try problem { $0[0] = 0 }.contains("not where"))
    #expect(try problem { $0[30] = 0x41 }.contains("not where"))
    for text in ["../t", "/etc", "te\\t"] {
      let found = try problem { bytes in
        for place in [30, last("text", in: bytes)] { bytes.replaceSubrange(place..<place + 4, with: Array(text.utf8)) }
      }
      #expect(found.contains("leads out"), "\(found)")
    }
    // The line of a member in the directory starts 46 bytes before its name.
    func atLine(_ offset: Int, _ value: [UInt8]) throws -> String {
      try problem { bytes in
        let place = last("text", in: bytes) - 46 + offset
        bytes.replaceSubrange(place..<place + value.count, with: value)
      }
    }
    #expect(try atLine(8, [1, 0]).contains("encrypted"))
    #expect(try atLine(10, [14, 0]).contains("method 14"))
    #expect(try atLine(10, [8, 0]).contains("decompressed"))
    #expect(try atLine(24, [0, 0, 0, 0xF0]).contains("directory is damaged"))
    #expect(try atLine(42, [1, 0, 0, 0]).contains("not where"))
    #expect(try atLine(0, [0]).contains("directory is damaged"))
    #expect(
      try problem { bytes in
        let place = last("nothing", in: bytes)
        bytes.replaceSubrange(place..<place + 7, with: Array("text".utf8) + [0, 0, 0])
      }.contains("leads out"))
  }

  /// Zeros deflate a thousand times: a claim that a member grows so much is not believed.
  @Test func bombsAreRefused() throws {
    let found = try problem { bytes in
      let place = last("text", in: bytes) - 46
      bytes.replaceSubrange(place + 10..<place + 12, with: [8, 0])
      bytes.replaceSubrange(place + 24..<place + 28, with: [0, 0, 0, 0xF0])
    }
    #expect(found.contains("claims to grow"), "\(found)")
  }
}
