internal import Tensors

/// Slow twins of `DropoutMask`, through `RandomStream` itself.
package enum ReferenceDropout {
  /// - Parameters: `scale`, `shift`: of what is kept; 1 / (1 - rate) and 0 by default.
  package static func apply(
    _ x: ReferenceTensor, rate: Float, scale: Double? = nil, shift: Double = 0, dropped: Double = 0, seed: UInt64,
    layer: Int, step: Int, samples: [UInt32]
  ) -> ReferenceTensor {
    map(x, seed: seed, layer: layer, step: step, samples: samples) { value, stream in
      stream.uniform() >= rate ? value * (scale ?? 1 / (1 - Double(rate))) + shift : dropped
    }
  }

  package static func addNoise(
    _ x: ReferenceTensor, multiplies: Bool, mean: Double, deviation: Double, seed: UInt64, layer: Int, step: Int,
    samples: [UInt32]
  ) -> ReferenceTensor {
    map(x, seed: seed, layer: layer, step: step, samples: samples) { value, stream in
      let centred = (2 * Double(stream.nextWord() >> 8) + 1) * 0x1p-24 - 1
      let noise = mean + deviation * ReferenceRandomFill.normal(centred)
      return multiplies ? value * noise : value + noise
    }
  }

  private static func map(
    _ x: ReferenceTensor, seed: UInt64, layer: Int, step: Int, samples: [UInt32],
    _ transform: (_ value: Double, _ stream: inout RandomStream) -> Double
  ) -> ReferenceTensor {
    var y = x
    for lane in 0..<x.lanes {
      var stream = RandomStream(seed: seed, purpose: .dropout, item: layer, major: step, minor: Int(samples[lane]))
      for channel in 0..<x.shape.channels {
        for cell in x.cells {
          y[lane, cell.depth, cell.height, cell.width, channel] = transform(
            x[lane, cell.depth, cell.height, cell.width, channel], &stream)
        }
      }
    }
    return y
  }
}
