import Tensors

/// Texts of many samples in memory, one after the other.
public struct TextValues: Sendable {
  private var bytes: [UInt8] = []
  private var starts = [0]

  public init() {}

  /// - Parameter text: without a byte that is 0.
  public mutating func append(_ text: String) {
    bytes += text.utf8
    starts.append(bytes.count)
  }

  public var count: Int { starts.count - 1 }
  var bytesInMemory: Int { bytes.count + starts.count * MemoryLayout<Int>.stride }
  /// The most bytes of a text; at least 1, so that there is room for none.
  public var capacity: Int { zip(starts, starts.dropFirst()).reduce(1) { max($0, $1.1 - $1.0) } }

  /// One byte of a text; 0 behind its end.
  func byte(_ place: Int, of text: Int) -> UInt8 {
    let start = starts[text] + place
    return start < starts[text + 1] ? bytes[start] : 0
  }

  /// Writes texts one behind the other, each with 0 up to as many bytes as the column of the sample has for it.
  func write(_ texts: Range<Int>, into sample: inout Sample, _ column: Int) {
    let capacity = sample.columns[column].shape.channels
    sample.write(column) { target in
      for (place, text) in texts.enumerated() {
        for index in 0..<capacity {
          target.storeBytes(of: byte(index, of: text), toByteOffset: place * capacity + index, as: UInt8.self)
        }
      }
    }
  }
}
