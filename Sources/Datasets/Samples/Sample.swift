import Tensors

/// The values of one sample, in memory that the next one uses again. Belongs to one thread.
@safe
public struct Sample {
  public let columns: [Column]
  private let memory: Buffer
  /// What transforms use on the way, as large as they have asked for.
  let scratch: Buffer
  /// Where the bytes of each column begin, on a cache line; nil for columns that are not wanted.
  private let starts: [Int?]

  /// Memory for the wanted of some columns, zero.
  public init(_ columns: [Column], _ wanted: ColumnSet = .all) { self.init(columns, wanted, scratch: 0) }

  /// - Parameter scratch: floats for transforms of the sample.
  init(_ columns: [Column], _ wanted: ColumnSet, scratch: Int) {
    self.columns = columns
    var (starts, end) = ([Int?](), 0)
    for (position, column) in columns.enumerated() {
      starts.append(wanted.contains(position) ? end : nil)
      if wanted.contains(position) { end += (column.size + 63) / 64 * 64 }
    }
    self.starts = starts
    memory = Buffer(count: end / 4)
    self.scratch = scratch > 0 ? Buffer(count: scratch) : .empty
  }

  /// Whether there is memory for a column.
  func holds(_ column: Int) -> Bool { starts[column] != nil }

  /// Writes the bytes of a column, row-major with channels last, aligned for floats.
  public mutating func write<Failure: Error>(
    _ column: Int, _ body: (inout MutableRawSpan) throws(Failure) -> Void
  ) throws(Failure) {
    defer { withExtendedLifetime(memory) {} }
    var span = unsafe MutableRawSpan(_unsafeStart: start(of: column), byteCount: columns[column].size)
    try body(&span)
  }

  /// Writes the same bytes.
  mutating func write(_ column: Int, _ bytes: some Collection<UInt8>) {
    precondition(bytes.count == columns[column].size)
    let target = unsafe UnsafeMutableRawBufferPointer(start: start(of: column), count: bytes.count)
    unsafe target.copyBytes(from: bytes)
  }

  /// The bytes of a column.
  public func bytes(of column: Int) -> [UInt8] {
    unsafe Array(UnsafeRawBufferPointer(start: start(of: column), count: columns[column].size))
  }

  /// One number of a column.
  public subscript(column: Int, place: Int) -> Float {
    get {
      precondition((0..<columns[column].shape.count).contains(place))
      return switch columns[column].element {
      case .byte: unsafe Float(start(of: column).load(fromByteOffset: place, as: UInt8.self))
      case .float: unsafe start(of: column).load(fromByteOffset: 4 * place, as: Float.self)
      }
    }
    set {
      precondition((0..<columns[column].shape.count).contains(place))
      switch columns[column].element {
      case .byte: unsafe start(of: column).storeBytes(of: UInt8(newValue), toByteOffset: place, as: UInt8.self)
      case .float: unsafe start(of: column).storeBytes(of: newValue, toByteOffset: 4 * place, as: Float.self)
      }
    }
  }

  /// All numbers of a column.
  public func numbers(of column: Int) -> [Float] { (0..<columns[column].shape.count).map { self[column, $0] } }

  /// Where the bytes of a column lie, as floats, the last of which may hold other bytes behind them.
  func memory(of column: Int) -> Buffer {
    guard let start = starts[column] else {
      preconditionFailure("the column '\(columns[column].name)' is not wanted")
    }
    return memory[start / 4..<(start + columns[column].size + 3) / 4]
  }

  /// The address of the bytes of a column; valid while this sample is referenced.
  @unsafe func start(of column: Int) -> UnsafeMutableRawPointer {
    guard let start = starts[column] else {
      preconditionFailure("the column '\(columns[column].name)' is not wanted")
    }
    return unsafe UnsafeMutableRawPointer(memory.pointer) + start
  }
}
