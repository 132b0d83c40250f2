package import Tensors

/// Slow twin of `Resampling`: every input with its weight for every output.
package struct ReferenceResampling {
  private let rows: [[Double]], columns: [[Double]]

  package init(_ input: Shape, height: Int, width: Int, interpolation: Interpolation, isSmoothed: Bool = false) {
    func matrix(_ inputs: Int, _ outputs: Int) -> [[Double]] {
      (0..<outputs).map { output in
        var weights = [Double](repeating: 0, count: inputs)
        let taps = interpolation.taps(output: output, of: outputs, inputs: inputs, isSmoothed: isSmoothed)
        for tap in taps { weights[tap.index] += tap.weight }
        return weights
      }
    }
    rows = matrix(input.height, height)
    columns = matrix(input.width, width)
  }

  package func apply(_ x: ReferenceTensor) -> ReferenceTensor {
    var y = ReferenceTensor([rows.count, columns.count, x.shape.channels], lanes: x.lanes)
    forEachTerm(x.lanes, x.shape.channels) { lane, u, v, h, w, channel, weight in
      y[lane, 0, u, v, channel] += weight * x[lane, 0, h, w, channel]
    }
    return y
  }

  package func differentiate(_ dy: ReferenceTensor, input: Shape) -> ReferenceTensor {
    var dx = ReferenceTensor(input, lanes: dy.lanes)
    forEachTerm(dy.lanes, input.channels) { lane, u, v, h, w, channel, weight in
      dx[lane, 0, h, w, channel] += weight * dy[lane, 0, u, v, channel]
    }
    return dx
  }

  private func forEachTerm(
    _ lanes: Int, _ channels: Int, _ body: (Int, Int, Int, Int, Int, Int, _ weight: Double) -> Void
  ) {
    for (u, row) in rows.enumerated() {
      for (v, column) in columns.enumerated() {
        for (h, first) in row.enumerated() where first != 0 {
          for (w, second) in column.enumerated() where second != 0 {
            for lane in 0..<lanes {
              for channel in 0..<channels { body(lane, u, v, h, w, channel, first * second) }
            }
          }
        }
      }
    }
  }
}
