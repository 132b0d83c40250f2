/// A run of floats in an arena: weights, gradients, optimizer slots, scratch.
@safe
public struct Buffer: Sendable {
  public let arena: Arena
  /// Floats from the start of the arena.
  public let offset: Int
  public let count: Int

  public init(arena: Arena, offset: Int, count: Int) {
    precondition(offset >= 0 && count >= 0 && offset + count <= arena.count, "buffer outside its arena")
    (self.arena, self.offset, self.count) = (arena, offset, count)
  }

  /// A buffer with memory of its own, zero.
  public init(count: Int) { self.init(arena: Arena(count: count), offset: 0, count: count) }

  public init(_ values: [Float]) {
    self.init(count: values.count)
    replace(with: values)
  }

  public static let empty = Buffer(count: 0)

  /// The address of the first float; valid while this buffer or its arena is referenced.
  ///
  /// Take it of a parameter or a stored property, whose owner outlives the call that gets the address; never of a
  /// temporary, which Swift may release before that call.
  @unsafe public var pointer: UnsafeMutablePointer<Float> { unsafe arena.base + offset }

  public subscript(index: Int) -> Float {
    get {
      precondition(index >= 0 && index < count)
      return unsafe pointer[index]
    }
    nonmutating set {
      precondition(index >= 0 && index < count)
      unsafe pointer[index] = newValue
    }
  }

  /// Part of this buffer; positions count from its start.
  public subscript(range: Range<Int>) -> Buffer {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "\(range) is outside a buffer of \(count)")
    return Buffer(arena: arena, offset: offset + range.lowerBound, count: range.count)
  }

  public var values: [Float] { unsafe Array(UnsafeBufferPointer(start: pointer, count: count)) }

  public func replace(with values: [Float]) {
    precondition(values.count == count, "\(values.count) values for a buffer of \(count)")
    for index in 0..<count { unsafe pointer[index] = values[index] }
  }

  public func fill(_ value: Float) { unsafe pointer.update(repeating: value, count: count) }

  public func copy(from source: Buffer) {
    precondition(source.count == count, "\(source.count) floats copied into \(count)")
    unsafe pointer.update(from: source.pointer, count: count)
  }

  /// The floats, where they lie.
  public func withSpan<Failure: Error>(_ body: (Span<Float>) throws(Failure) -> Void) throws(Failure) {
    defer { withExtendedLifetime(arena) {} }
    try unsafe body(UnsafeBufferPointer(start: pointer, count: count).span)
  }

  /// The bytes in memory order (little-endian IEEE 754).
  public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try withExtendedLifetime(arena) {
      try unsafe body(UnsafeRawBufferPointer(start: pointer, count: count * MemoryLayout<Float>.stride))
    }
  }
}
