import Kernels
import Tensors

/// A mask of dropout, whose elements are shared along the axes where it has size 1 and the tensor has more.
///
/// What is kept is a function of seed, step, layer and sample alone: no mask is stored, and ranks do not matter.
struct SharedMask: Hashable, Sendable {
  let rate: Double
  /// Nil where every element has its own.
  var shape: Shape?

  /// What the layers with a mask have in common: any shape to the same shape.
  func signature(of input: Shape) -> Signature {
    var signature = Signature(outputs: [input])
    signature.forwardAliasing = .inPlace
    signature.backwardAliasing = .inPlace
    if let shape { signature.scratch = { Layout(shape, lanes: $0).count } }
    return signature
  }

  func forward(_ pass: borrowing ForwardPass) {
    switch pass.mode {
    case .training: apply(pass.input, pass.layerIndex, pass.shard, pass.scratch, into: pass.output)
    case .inference: Elementwise.copy(pass.input, into: pass.output)
    }
  }

  func backward(_ pass: borrowing BackwardPass) {
    guard let inputGradient = pass.inputGradient else { return }
    apply(pass.outputGradient, pass.layerIndex, pass.shard, pass.scratch, into: inputGradient)
  }

  private func apply(_ tensor: Tensor, _ layer: Int, _ shard: ShardContext, _ scratch: Buffer, into result: Tensor) {
    guard let shape else {
      return DropoutMask.apply(
        tensor, rate: Float(rate), seed: shard.seed, layer: layer, step: shard.step, samples: shard.sampleIDs,
        into: result)
    }
    let mask = Tensor(shape, layout: Layout(shape, lanes: tensor.lanes), storage: scratch)
    mask.fill(1)
    DropoutMask.apply(
      mask, rate: Float(rate), seed: shard.seed, layer: layer, step: shard.step, samples: shard.sampleIDs, into: mask)
    Combination.apply(.product, tensor, mask, into: result)
  }
}

extension LayerConfiguration {
  /// A share of elements: at least 0 and below 1.
  func rate(_ key: String = "rate") throws(ImportError) -> Double {
    let rate = try number(key)
    guard (0..<1).contains(rate) else {
      throw ImportError("layer '\(layerName)' (\(className)): \(key) is \(rate), but must be at least 0 and below 1.")
    }
    return rate
  }

  /// Keras's `noise_shape` without the batch: nil for an axis that keeps its size, empty where there is none.
  func noiseShape() throws(ImportError) -> [Int?] {
    let value = value("noise_shape")
    guard let sizes = value.asArray else {
      try expect("noise_shape", among: [])
      return []
    }
    guard let first = sizes.first, first == .null,
      sizes.allSatisfy({ $0 == .null || ($0.asInteger ?? 0) > 0 })
    else {
      throw ImportError(
        "layer '\(layerName)' (\(className)): noise_shape is \(value.brief), but must begin with null, for every "
          + "sample has a mask of its own, and hold sizes or null."
      )
    }
    return sizes.dropFirst().map(\.asInteger)
  }

  /// Keras's seed would not give Keras's numbers; the seed of the run decides.
  func dropSeed() {
    for key in ["seed", "rng_type"] { _ = value(key) }
  }
}
