import Tensors

/// An array of numbers in a file: a row, a slice along the first axis, for each sample. Read by several threads at
/// once.
protocol SampleArray: Sendable {
  /// Sizes of all axes; empty for one number alone.
  var shape: [Int] { get }
  var numbers: ArrayNumbers { get }
  /// The type of its numbers, in messages.
  var typeName: String { get }

  /// Writes some rows, row-major, as bytes or floats of this machine.
  ///
  /// - Parameter memory: of as many numbers as the rows have.
  func read(
    _ rows: Range<Int>, as element: SampleElement, into memory: UnsafeMutableRawBufferPointer
  ) throws(DataError)

  /// All numbers, whole ones.
  func integers() throws(DataError) -> [Int64]
}

/// The numbers that an array can hold.
enum ArrayNumbers {
  /// 0 to 255.
  case bytes
  case integers
  case reals
}

extension SampleArray {
  /// Numbers in a row.
  var rowCount: Int { shape.dropFirst().reduce(1, *) }

  /// The numbers of some rows.
  func floats(_ rows: Range<Int>) throws(DataError) -> [Float] {
    try unsafe all(rows, as: .float) { count, body in
      unsafe [Float](unsafeUninitializedCapacity: count, initializingWith: body)
    }
  }

  /// All numbers.
  func floats() throws(DataError) -> [Float] { try floats(0..<(shape.first ?? 0)) }

  /// All rows, as samples hold them.
  func bytes(as element: SampleElement) throws(DataError) -> [UInt8] {
    try unsafe all(0..<(shape.first ?? 0), as: element) { count, body in
      unsafe [UInt8](unsafeUninitializedCapacity: count * element.size, initializingWith: body)
    }
  }

  private func all<Number>(
    _ rows: Range<Int>, as element: SampleElement,
    _ make: (Int, (inout UnsafeMutableBufferPointer<Number>, inout Int) -> Void) -> [Number]
  ) throws(DataError) -> [Number] {
    let count = rows.count * rowCount
    var result: Result<Void, DataError> = .success(())
    let numbers = unsafe make(count) { memory, initialized in
      let size = count * element.size
      initialized = size / MemoryLayout<Number>.size
      guard size > 0 else { return }
      let bytes = unsafe UnsafeMutableRawBufferPointer(start: memory.baseAddress!, count: size)
      result = Result { () throws(DataError) in try unsafe read(rows, as: element, into: bytes) }
    }
    try result.get()
    return numbers
  }
}
