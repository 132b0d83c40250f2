import Tensors

/// An array whose samples have their channels first, as PyTorch stores them, with the channels last.
struct ChannelsFirstArray: SampleArray {
  private let base: any SampleArray

  /// Bytes of the rows that are turned at a time.
  private static let piece = 16 << 20

  /// - Parameter base: (N, C, ...)
  init(_ base: any SampleArray) {
    precondition(base.shape.count > 2)
    self.base = base
  }

  var shape: [Int] { [base.shape[0]] + base.shape[2...] + [base.shape[1]] }
  var numbers: ArrayNumbers { base.numbers }
  var typeName: String { base.typeName }

  func read(
    _ rows: Range<Int>, as element: SampleElement, into memory: UnsafeMutableRawBufferPointer
  ) throws(DataError) {
    let (channels, places) = (base.shape[1], base.shape[2...].reduce(1, *))
    let size = rowCount * element.size
    guard size > 0 else { return }
    let most = max(1, ChannelsFirstArray.piece / size)
    let memory = unsafe memory
    for first in stride(from: rows.lowerBound, to: rows.upperBound, by: most) {
      let piece = first..<min(first + most, rows.upperBound)
      var stored = [UInt8](repeating: 0, count: piece.count * size)
      var span = stored.mutableSpan
      var bytes = unsafe span.mutableBytes
      try unsafe bytes.withUnsafeMutableBytes { (bytes) throws(DataError) in
        try unsafe base.read(piece, as: element, into: bytes)
      }
      for row in 0..<piece.count {
        let (from, to) = (row * size, (first - rows.lowerBound + row) * size)
        for place in 0..<places {
          for channel in 0..<channels {
            let source = from + (channel * places + place) * element.size
            let target = to + (place * channels + channel) * element.size
            for byte in 0..<element.size { unsafe memory[target + byte] = stored[source + byte] }
          }
        }
      }
    }
  }

  /// Channels are of images and masks, whose numbers are not read this way.
  func integers() throws(DataError) -> [Int64] { preconditionFailure("class numbers have no channels") }
}
