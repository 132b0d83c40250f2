import Datasets
import Tensors

/// An image file in a folder of images, read in its own size and in another one, with alpha and at a smaller scale.
enum ImageReading {
  static func read(_ folder: String) {
    var other = SourceOptions(shape: [5, 7, 3], resize: true, memoryLimit: 0)
    (other.decoding.background, other.decoding.reduction) = ([1, 2, 3], true)
    for options in [SourceOptions(memoryLimit: 0), other] {
      guard let source = try? openSource(folder, options) else { continue }
      var sample = Sample(source.columns)
      try? source.read(0, epoch: 0, .all, into: &sample)
    }
  }

  /// A PNG file with the checksums that its chunks should have; otherwise hardly one input would get past them. Others
  /// stay.
  static func repaired(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) else { return bytes }
    var result = bytes
    var place = 8
    while place + 12 <= result.count {
      let length = result[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
      guard length <= result.count - place - 12 else { break }
      let end = place + 8 + length
      let checksum = checksum(result[place + 4..<end])
      for byte in 0..<4 { result[end + byte] = UInt8(truncatingIfNeeded: checksum >> (24 - 8 * UInt32(byte))) }
      place = end + 4
    }
    return result
  }

  /// CRC-32 (ISO 3309), bit by bit.
  private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    ~bytes.reduce(UInt32.max) { value, byte in
      (0..<8).reduce(value ^ UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
    }
  }
}
