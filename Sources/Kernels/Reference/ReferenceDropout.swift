internal import Tensors

/// Slow twin of `DropoutMask`, through `RandomStream` itself.
package enum ReferenceDropout {
  package static func apply(
    _ x: ReferenceTensor, rate: Float, seed: UInt64, layer: Int, step: Int, samples: [UInt32]
  ) -> ReferenceTensor {
    var y = x
    for lane in 0..<x.lanes {
      var stream = RandomStream(seed: seed, purpose: .dropout, item: layer, major: step, minor: Int(samples[lane]))
      for channel in 0..<x.shape.channels {
        for cell in x.cells {
          let kept = stream.uniform() >= rate
          y[lane, cell.depth, cell.height, cell.width, channel] =
            kept ? x[lane, cell.depth, cell.height, cell.width, channel] / (1 - Double(rate)) : 0
        }
      }
    }
    return y
  }
}
