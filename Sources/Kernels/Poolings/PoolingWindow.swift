internal import CKernels
public import Tensors

/// The window of a pooling layer: how large it is, how it moves, what happens at the ends.
public struct PoolingWindow: Hashable, Sendable {
  /// Depth, height, width; 1 on axes that the data does not have.
  public let size: SIMD3<Int>, strides: SIMD3<Int>
  public let padding: Padding
  /// Cells that are added before and after each axis in addition, and count no more than those of `padding`.
  private var before = SIMD3(0, 0, 0), after = SIMD3(0, 0, 0)

  /// - Parameters:
  ///   - size: one number for each spatial axis, in Keras's order.
  ///   - strides: as many; `size` when nil.
  public init(size: [Int], strides: [Int]? = nil, padding: Padding = .valid) {
    let strides = strides ?? size
    precondition(size.count <= 3 && strides.count == size.count && (size + strides).allSatisfy { $0 > 0 })
    // The cell chosen by max pooling is remembered in 16 bits.
    precondition(size.reduce(1, *) <= 1 << 16, "a window of \(size) cells is too large")
    var (sizes, steps) = (SIMD3(repeating: 1), SIMD3(repeating: 1))
    for axis in size.indices {
      sizes[3 - size.count + axis] = size[axis]
      steps[3 - size.count + axis] = strides[axis]
    }
    (self.size, self.strides, self.padding) = (sizes, steps, padding)
  }

  /// The same window over an image with more cells of padding around it. Only for windows without padding of their own.
  ///
  /// - Parameters:
  ///   - before, after: less than the size of the window, so that none lies in padding alone.
  public func surrounded(before: Axes, after: Axes) -> PoolingWindow {
    precondition(padding == .valid && self.before == SIMD3(0, 0, 0) && self.after == SIMD3(0, 0, 0), "padding twice")
    var copy = self
    copy.before = SIMD3(before.depth, before.height, before.width)
    copy.after = SIMD3(after.depth, after.height, after.width)
    precondition((0..<3).allSatisfy { copy.before[$0] < size[$0] && copy.after[$0] < size[$0] }, "too much padding")
    return copy
  }

  /// The output's shape; an axis is 0 where the window does not fit.
  public func outputShape(for input: Shape) -> Shape {
    let axes = [input.depth, input.height, input.width]
    let counts = (0..<3).map { windows(over: axes[$0], axis: $0).count }
    return Shape(counts.suffix(max(0, input.rank - 1)) + [input.channels])
  }

  /// The same windows over strips of an image, and the cells that they read around a strip; nil where the windows of
  /// the image are not those of its strips.
  ///
  /// - Parameter fill: what cells outside of the image are taken for.
  public func cut(into strips: Strips, image: Shape, fill: Float) -> (window: PoolingWindow, halo: Strips.Halo)? {
    let (cut, other) = strips.axis == .rows ? (1, 2) : (2, 1)
    let sizes = [image.depth, image.height, image.width]
    let (along, across) = (windows(over: sizes[cut], axis: cut), windows(over: sizes[other], axis: other))
    guard image.rank == 3, along.count * strides[cut] == sizes[cut] else { return nil }
    let halo = Strips.Halo(
      before: along.before, after: max(0, size[cut] - strides[cut] - along.before), fill: fill)
    let behind = max(0, (across.count - 1) * strides[other] + size[other] - sizes[other] - across.before)
    guard across.before < size[other], behind < size[other] else { return nil }
    let window = PoolingWindow(size: [size.y, size.z], strides: [strides.y, strides.z])
    let isRows = strips.axis == .rows
    return (
      window.surrounded(
        before: Axes(depth: 0, height: isRows ? 0 : across.before, width: isRows ? across.before : 0),
        after: Axes(depth: 0, height: isRows ? 0 : behind, width: isRows ? behind : 0)), halo
    )
  }

  func geometry(input: Layout, output: Layout) -> ck_pooling {
    let cells = SIMD3(input.depth, input.height, input.width)
    let results = SIMD3(output.depth, output.height, output.width)
    var before = SIMD3(0, 0, 0)
    for axis in 0..<3 {
      let windows = windows(over: cells[axis], axis: axis)
      precondition(windows.count == results[axis], "the output of pooling \(input) is not \(output)")
      before[axis] = windows.before
    }
    precondition(input.channels == output.channels && input.lanes == output.lanes)
    return ck_pooling(
      channels: input.channels, lanes: input.lanes, input: (cells.x, cells.y, cells.z),
      output: (results.x, results.y, results.z),
      size: (size.x, size.y, size.z), stride: (strides.x, strides.y, strides.z), before: (before.x, before.y, before.z),
      position_stride: output.planeCount)
  }

  private func windows(over cells: Int, axis: Int) -> (count: Int, before: Int) {
    let windows = padding.windows(over: before[axis] + cells + after[axis], size: size[axis], stride: strides[axis])
    return (windows.count, before[axis] + windows.before)
  }
}
