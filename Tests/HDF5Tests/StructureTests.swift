import Foundation
import HDF5
import Testing

/// Files are looked through before the library opens them: sound ones are read, whatever structures they use, and no
/// damage crashes anything.
struct StructureTests {
  static let sound = [
    "chunked.h5", "huge.h5", "latest.h5", "links.h5", "lzf.h5", "newer.h5", "older.h5", "order.h5", "strings.h5",
    "types.h5", "userblock.h5",
    "v110.h5",
  ]

  @Test(arguments: ["older.h5", "newer.h5"]) func everyStructureIsRead(_ name: String) throws {
    let root = try File(reading: fixture(name)).root
    #expect(try root.group("many").names().count == 299)
    #expect(try root.group("few").names() == (0..<20).map { "link\($0)" })
    #expect(try root.group("few").attributes.string("attribute19") == String(repeating: "text", count: 19))
    let numbers = (0..<1200).map { UInt8(truncatingIfNeeded: $0) }
    for index in ["fixed", "paged", "growing", "deflated", "single", "square", "checked"] {
      #expect(try root.dataset(index).read(UInt8.self) == numbers, "\(index)")
    }
    #expect(try root.dataset("sparse").shape == [1000, 1000])
    #expect(try root.dataset("text").readStrings() == (0..<40).map { "row \($0)" })
    #expect(try root.dataset("typed").read(Int64.self) == [0, 1, 2, 3, 4])
    #expect(try root.dataset("compound").elementType == .other("compound"))
  }

  /// One byte is changed, or some are; a third of the time in the first bytes, where most of the structure is.
  @Test(arguments: sound) func damageNeverCrashes(_ name: String) throws {
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: fixture(name))))
    var random = Generator(state: UInt64(name.utf8.reduce(5) { $0 &* 31 &+ Int($1) }))
    var refused = 0
    try withTemporaryFile { path in
      for trial in 0..<250 {
        var damaged = bytes
        let end = trial % 3 == 0 ? min(bytes.count, 3000) : bytes.count
        for _ in 0..<(trial % 5 == 0 ? 8 : 1) {
          let place = Int.random(in: 0..<end, using: &random)
          damaged[place] =
            trial % 2 == 0 ? UInt8.random(in: 0...255, using: &random) : damaged[place] ^ 1 << (trial / 2 % 8)
        }
        try Data(damaged).write(to: URL(filePath: path))
        do { try visit(File(reading: path, followingSoftLinks: false).root, 0) } catch is HDF5Error { refused += 1 }
      }
    }
    #expect(refused > 10)
  }

  @Test func aShortChunkIsRefused() throws {
    let dataset = try File(reading: fixture("short.h5")).root.dataset("x")
    #expect(problem { try dataset.read(Float.self) }.contains("the chunk at [0] does not decompress to 4000 bytes"))
  }

  @Test func unknownFiltersAreRefused() {
    #expect(
      problem { try File(reading: fixture("scaled.h5")) }.contains("(filter 6) that is not read: store them with gzip"))
  }

  /// A group whose tree of names leads back to its own root.
  @Test func circlesAreRefused() throws {
    var bytes = [UInt8](try Data(contentsOf: URL(filePath: fixture("older.h5"))))
    let nodes = bytes.indices.dropLast(8).filter { bytes[$0..<$0 + 6].elementsEqual(Array("TREE".utf8) + [0, 1]) }
    let root = try #require(nodes.first)
    for byte in 0..<8 { bytes[root + 32 + byte] = UInt8(truncatingIfNeeded: root >> (8 * byte)) }
    try withTemporaryFile { path in
      try Data(bytes).write(to: URL(filePath: path))
      #expect(
        problem { try File(reading: path) }.hasPrefix(
          "not a readable HDF5 file (the node of a group's tree at byte \(root) has the level 1"))
    }
  }

  private func visit(_ group: Group, _ depth: Int) throws {
    guard depth < 4 else { return }
    visit(group.attributes)
    for name in try group.names() {
      if let member = try? group.group(name) { try visit(member, depth + 1) }
      guard let dataset = try? group.dataset(name) else { continue }
      visit(dataset.attributes)
      _ = try? dataset.read(Double.self, limit: 1 << 24)
      _ = try? dataset.readStrings(limit: 1 << 20)
    }
  }

  private func visit(_ attributes: Attributes) {
    for name in (try? attributes.names()) ?? [] { _ = try? attributes.bytes(name) }
  }

  /// SplitMix64.
  private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var word = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
      word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
      return word ^ word >> 31
    }
  }
}
