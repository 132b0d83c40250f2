import Foundation
import HDF5
import Testing

/// Chunks that h5py compressed with `compression="lzf"`.
struct LZFTests {
  @Test func picturesAreRead() throws {
    let root = try File(reading: fixture("lzf.h5"), followingSoftLinks: false).root
    let pictures = try root.dataset("pictures").read(UInt8.self)
    let sums = stride(from: 0, to: pictures.count, by: 300).map {
      pictures[$0..<$0 + 300].reduce(Int64(0)) { $0 + Int64($1) }
    }
    #expect(sums == (try root.dataset("sums").read(Int64.self)))
    let running = try root.dataset("all").read(Float.self)
    for row in 0..<40 {
      var sum: Float = 0
      for place in row * 300..<row * 300 + 300 {
        sum += Float(pictures[place])
        #expect(running[place] == sum)
      }
    }
  }

  /// A repetition that runs into what it writes; the longest and the farthest one.
  @Test func partsOfEveryKind() {
    #expect(LZF.decompress([2, 1, 2, 3], count: 3) == [1, 2, 3])
    #expect(LZF.decompress([0, 7, 0x20, 0], count: 4) == [7, 7, 7, 7])
    #expect(LZF.decompress([0, 7, 0xE0, 255, 0], count: 265) == Array(repeating: 7, count: 265))
    let far = [UInt8](repeating: 31, count: 0) + (0..<256).flatMap { [31] + [UInt8](repeating: UInt8($0), count: 32) }
    #expect(LZF.count(of: far + [0x3F, 0xFF]) == 8195)
    #expect(LZF.decompress(far + [0x3F, 0xFF], count: 8195)?.suffix(3) == [0, 0, 0])
  }

  /// Input that ends too early, points before its beginning, or makes another number of bytes.
  @Test(arguments: [[3, 1, 2], [0x20], [0xE0, 1], [0x20, 0], [0, 7, 0x20, 1], [0, 7, 0x3F, 0xFF]] as [[UInt8]])
  func damagedInputIsRefused(_ input: [UInt8]) {
    #expect(LZF.count(of: input) == nil)
    #expect(LZF.decompress(input, count: 4) == nil)
  }

  @Test func anotherNumberOfBytesIsRefused() {
    #expect(LZF.decompress([2, 1, 2, 3], count: 2) == nil)
    #expect(LZF.decompress([2, 1, 2, 3], count: 4) == nil)
    #expect(LZF.decompress([0, 7, 0xE0, 255, 0], count: 100) == nil)
  }

  /// Whatever bytes there are, both readings agree, and nothing traps.
  @Test func randomInput() {
    var state: UInt64 = 1
    func random() -> UInt8 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 33)
    }
    for trial in 0..<20_000 {
      let input = (0..<trial % 40).map { _ in trial % 2 == 0 ? random() : random() % 40 }
      if let count = LZF.count(of: input) {
        #expect(LZF.decompress(input, count: count)?.count == count)
      } else {
        #expect(LZF.decompress(input, count: 64) == nil)
      }
    }
  }
}
