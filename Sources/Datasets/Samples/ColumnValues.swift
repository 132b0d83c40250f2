import Tensors

/// The values of one column for all samples, in memory.
public struct ColumnValues: Sendable {
  public let column: Column
  private let storage: Storage

  private enum Storage {
    /// As samples hold them.
    case raw([UInt8])
    /// Classes, exact whatever their number.
    case integers([Int32])
    case floats([Float])
    case texts(TextValues)
  }

  /// - Parameter bytes: sample after sample, of the column's element.
  public init(_ column: Column, bytes: [UInt8]) {
    (self.column, storage) = (column, .raw(bytes))
    precondition(bytes.count % column.size == 0, "bytes are no whole number of samples")
  }

  /// - Parameter integers: class numbers, or 0 and 1 for each label, sample after sample.
  public init(_ column: Column, integers: [Int32]) {
    (self.column, storage) = (column, .integers(integers))
    precondition(column.element == .float && integers.count % column.shape.count == 0)
  }

  public init(_ column: Column, floats: [Float]) {
    (self.column, storage) = (column, .floats(floats))
    precondition(column.element == .float && floats.count % column.shape.count == 0)
  }

  /// - Parameter texts: as many for each sample as the column has, of at most as many bytes.
  public init(_ column: Column, texts: TextValues) {
    (self.column, storage) = (column, .texts(texts))
    precondition(column.kind == .text && column.element == .byte)
  }

  /// Samples.
  var count: Int {
    switch storage {
    case .texts(let texts): texts.count / (column.shape.count / column.shape.channels)
    case .raw(let bytes): bytes.count / column.size
    case .integers(let integers): integers.count / column.shape.count
    case .floats(let floats): floats.count / column.shape.count
    }
  }

  /// Bytes of all values.
  var bytesInMemory: Int {
    switch storage {
    case .raw(let bytes): bytes.count
    case .integers(let integers): integers.count * MemoryLayout<Int32>.stride
    case .floats(let floats): floats.count * MemoryLayout<Float>.stride
    case .texts(let texts): texts.bytesInMemory
    }
  }

  /// One number of the value of a sample.
  func number(_ place: Int, at index: Int) -> Double {
    let position = index * column.shape.count + place
    switch storage {
    case .integers(let integers): return Double(integers[position])
    case .floats(let floats): return Double(floats[position])
    case .texts(let texts):
      return Double(texts.byte(position % column.shape.channels, of: position / column.shape.channels))
    case .raw(let bytes):
      if column.element == .byte { return Double(bytes[position]) }
      return unsafe bytes.withUnsafeBytes { unsafe Double($0.load(fromByteOffset: 4 * position, as: Float.self)) }
    }
  }

  /// The same with names of classes.
  func named(_ classNames: [String]) -> ColumnValues {
    var column = column
    column.classNames = classNames
    return ColumnValues(column, storage)
  }

  private init(_ column: Column, _ storage: Storage) { (self.column, self.storage) = (column, storage) }

  /// Puts the value of one sample into a column.
  func read(_ index: Int, into sample: inout Sample, _ position: Int) {
    precondition((0..<count).contains(index))
    let size = column.shape.count
    switch storage {
    case .raw(let bytes):
      sample.write(position) { target in
        unsafe target.withUnsafeMutableBytes { target in
          unsafe bytes.withUnsafeBytes {
            unsafe target.copyMemory(
              from: UnsafeRawBufferPointer(rebasing: $0[index * column.size..<(index + 1) * column.size]))
          }
        }
      }
    case .integers(let integers):
      for place in 0..<size { sample[position, place] = Float(integers[index * size + place]) }
    case .floats(let floats):
      for place in 0..<size { sample[position, place] = floats[index * size + place] }
    case .texts(let texts):
      let own = column.shape.count / column.shape.channels
      texts.write(index * own..<(index + 1) * own, into: &sample, position)
    }
  }
}
