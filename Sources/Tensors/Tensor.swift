/// A shard's worth of one activation or gradient: a shape in Keras's terms and a layout in memory.
@safe
public struct Tensor: Sendable {
  public let shape: Shape
  public let layout: Layout
  /// The storage, border included.
  public let storage: Buffer
  /// Whether it is written past the caches, as whoever reads it next would find little of it there: an ordinary store
  /// reads each line from memory before it writes it.
  public let isStreamed: Bool

  /// - Parameter isStreamed: by default of tensors half as large as a usual third-level cache or larger.
  public init(_ shape: Shape, layout: Layout, storage: Buffer, isStreamed: Bool? = nil) {
    precondition(storage.count >= layout.count, "\(storage.count) floats for a layout of \(layout.count)")
    (self.shape, self.layout, self.storage) = (shape, layout, storage)
    self.isStreamed = isStreamed ?? (layout.count * MemoryLayout<Float>.stride >= 16 << 20)
  }

  /// A tensor with memory of its own, zero.
  public init(_ shape: Shape, lanes: Int, border: Border = .none) {
    let layout = Layout(shape, lanes: lanes, border: border)
    self.init(shape, layout: layout, storage: Buffer(count: layout.count))
  }

  /// The address of the first element that is not border.
  @unsafe public var pointer: UnsafeMutablePointer<Float> { unsafe storage.pointer + layout.origin }

  public var lanes: Int { layout.lanes }

  /// Whether both are the same elements of one arena.
  public func isSameMemory(as other: Tensor) -> Bool {
    storage.arena === other.storage.arena && storage.offset == other.storage.offset && layout == other.layout
  }

  /// The channels from `first` on as a tensor of `shape`, in the same memory.
  public func channels(from first: Int, as shape: Shape, isStreamed: Bool? = nil) -> Tensor {
    let part = Layout(shape, lanes: lanes, border: layout.border)
    precondition(
      first >= 0 && first + part.channels <= layout.channels && part.sliceStride == layout.sliceStride
        && part.depth == layout.depth, "\(shape) is not a part of \(self.shape)")
    let start = first * layout.channelStride
    return Tensor(shape, layout: part, storage: storage[start..<start + part.count], isStreamed: isStreamed)
  }

  /// Some rows of every channel of an image as a tensor of `shape`, in the same memory.
  public func rows(_ range: Range<Int>, as shape: Shape) -> Tensor {
    precondition(shape.height == range.count && shape.width == layout.width && shape.channels == layout.channels)
    return Tensor(shape, layout: layout.rows(range), storage: storage, isStreamed: isStreamed)
  }

  /// The cells that have so many others around them as a tensor of `shape`, in the same memory.
  public func inside(_ border: Border, as shape: Shape) -> Tensor {
    let inner = Layout(shape, lanes: lanes, border: layout.border.surrounded(by: border))
    precondition(
      shape.channels == layout.channels && inner.rowStride == layout.rowStride
        && inner.sliceStride == layout.sliceStride && inner.count == layout.count,
      "\(shape) is not what is inside of \(self.shape)")
    return Tensor(shape, layout: inner, storage: storage, isStreamed: isStreamed)
  }

  public subscript(lane lane: Int, depth depth: Int, height height: Int, width width: Int, channel channel: Int)
    -> Float
  {
    get { storage[layout.offset(lane: lane, depth: depth, height: height, width: width, channel: channel)] }
    nonmutating set {
      storage[layout.offset(lane: lane, depth: depth, height: height, width: width, channel: channel)] = newValue
    }
  }

  /// One sample in Keras's order (row-major, channels last).
  public func sample(_ lane: Int) -> [Float] {
    var values: [Float] = []
    values.reserveCapacity(shape.count)
    forEachPosition { depth, height, width, channel in
      values.append(self[lane: lane, depth: depth, height: height, width: width, channel: channel])
    }
    return values
  }

  /// Stores one sample given in Keras's order.
  public func setSample(_ lane: Int, _ values: some Collection<Float>) {
    precondition(values.count == shape.count, "\(values.count) values for a sample of shape \(shape)")
    var iterator = values.makeIterator()
    forEachPosition { depth, height, width, channel in
      self[lane: lane, depth: depth, height: height, width: width, channel: channel] = iterator.next()!
    }
  }

  /// Sets every lane to the same sample, given in Keras's order.
  public func repeatInLanes(_ values: Buffer) {
    precondition(values.count == shape.count, "\(values.count) values for a sample of shape \(shape)")
    var index = 0
    forEachPosition { depth, height, width, channel in
      let start = layout.offset(lane: 0, depth: depth, height: height, width: width, channel: channel)
      unsafe (storage.pointer + start).update(repeating: values[index], count: lanes)
      index += 1
    }
  }

  /// Sets every cell of the storage, border and dead lanes included.
  public func fill(_ value: Float) { storage[0..<layout.count].fill(value) }

  /// Sets the border to zero, and nothing else.
  public func zeroBorder() {
    guard layout.border != .none else { return }
    let border = layout.border
    let rows = border.front * sliceRows + border.top
    for channel in 0..<layout.channels {
      let plane = unsafe storage.pointer + channel * layout.channelStride
      unsafe plane.update(repeating: 0, count: rows * layout.rowStride)
      for depth in 0..<layout.depth {
        let slice = unsafe plane + (border.front + depth) * layout.sliceStride
        if depth > 0 { unsafe slice.update(repeating: 0, count: border.top * layout.rowStride) }
        for height in 0..<layout.height {
          let row = unsafe slice + (border.top + height) * layout.rowStride
          unsafe row.update(repeating: 0, count: border.left * lanes)
          unsafe (row + (border.left + layout.width) * lanes).update(repeating: 0, count: border.right * lanes)
        }
        let end = unsafe slice + (border.top + layout.height) * layout.rowStride
        unsafe end.update(repeating: 0, count: border.bottom * layout.rowStride)
      }
      let behind = unsafe plane + (border.front + layout.depth) * layout.sliceStride
      unsafe behind.update(repeating: 0, count: border.back * layout.sliceStride)
    }
  }

  private var sliceRows: Int { layout.border.top + layout.height + layout.border.bottom }

  private func forEachPosition(_ body: (_ depth: Int, _ height: Int, _ width: Int, _ channel: Int) -> Void) {
    for depth in 0..<layout.depth {
      for height in 0..<layout.height {
        for width in 0..<layout.width {
          for channel in 0..<layout.channels { body(depth, height, width, channel) }
        }
      }
    }
  }
}
