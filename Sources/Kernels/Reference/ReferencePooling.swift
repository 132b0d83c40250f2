package import Tensors

/// Slow twins of `Pooling`, and with a window as large as the data of `GlobalPooling`.
package enum ReferencePooling {
  private typealias Cell = (depth: Int, height: Int, width: Int)

  package static func maximum(_ x: ReferenceTensor, window: PoolingWindow) -> ReferenceTensor {
    pool(x, window) { cells, lane, channel in
      cells.map { x[lane, $0.depth, $0.height, $0.width, channel] }.max()!
    }
  }

  package static func average(_ x: ReferenceTensor, window: PoolingWindow) -> ReferenceTensor {
    pool(x, window) { cells, lane, channel in
      cells.reduce(0) { $0 + x[lane, $1.depth, $1.height, $1.width, channel] } / Double(cells.count)
    }
  }

  package static func differentiateMaximum(
    input x: ReferenceTensor, gradient dy: ReferenceTensor, window: PoolingWindow
  ) -> ReferenceTensor {
    var dx = ReferenceTensor(x.shape, lanes: x.lanes)
    forEachOutput(dy, x.shape, window) { cell, cells, lane, channel in
      var best = cells[0]
      for other in cells
      where x[lane, other.depth, other.height, other.width, channel]
        > x[lane, best.depth, best.height, best.width, channel]
      {
        best = other
      }
      dx[lane, best.depth, best.height, best.width, channel] += dy[lane, cell.depth, cell.height, cell.width, channel]
    }
    return dx
  }

  package static func differentiateAverage(
    inputShape: Shape, gradient dy: ReferenceTensor, window: PoolingWindow
  ) -> ReferenceTensor {
    var dx = ReferenceTensor(inputShape, lanes: dy.lanes)
    forEachOutput(dy, inputShape, window) { cell, cells, lane, channel in
      for other in cells {
        dx[lane, other.depth, other.height, other.width, channel] +=
          dy[lane, cell.depth, cell.height, cell.width, channel] / Double(cells.count)
      }
    }
    return dx
  }

  private static func pool(
    _ x: ReferenceTensor, _ window: PoolingWindow, _ value: ([Cell], Int, Int) -> Double
  ) -> ReferenceTensor {
    var y = ReferenceTensor(window.outputShape(for: x.shape), lanes: x.lanes)
    forEachOutput(y, x.shape, window) { cell, cells, lane, channel in
      y[lane, cell.depth, cell.height, cell.width, channel] = value(cells, lane, channel)
    }
    return y
  }

  /// Calls `body` with each output cell and the cells of the input that its window covers, row by row.
  private static func forEachOutput(
    _ y: ReferenceTensor, _ input: Shape, _ window: PoolingWindow, _ body: (Cell, [Cell], Int, Int) -> Void
  ) {
    for cell in y.cells {
      var cells: [Cell] = []
      for depth in range(cell.depth, input.depth, 0, window) {
        for height in range(cell.height, input.height, 1, window) {
          for width in range(cell.width, input.width, 2, window) { cells.append((depth, height, width)) }
        }
      }
      for lane in 0..<y.lanes {
        for channel in 0..<y.shape.channels { body(cell, cells, lane, channel) }
      }
    }
  }

  private static func range(_ output: Int, _ count: Int, _ axis: Int, _ window: PoolingWindow) -> Range<Int> {
    let before = window.padding.windows(over: count, size: window.size[axis], stride: window.strides[axis]).before
    let start = output * window.strides[axis] - before
    return max(0, start)..<min(count, start + window.size[axis])
  }
}
