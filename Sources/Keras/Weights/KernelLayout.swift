import Networks

/// How convolution kernels lie in a file by layer, if not as (spatial..., in, out).
struct KernelLayout {
  private static let convolutions: Set = ["Conv1D", "Conv2D", "Conv3D", "Conv2DTranspose"]

  /// Theano convolves, which is to correlate with the mirrored kernel: Keras 2 stored it as it was.
  private let isFlipped: Bool
  /// Keras 1 with `dim_ordering: "th"`: (out, in, spatial...).
  private let isChannelsFirst: Bool

  /// - Parameter layers: of the file, with the variables of the model's layers that they belong to.
  init(_ weights: LegacyWeights, _ layers: [(LegacyWeights.Layer, [OwnedVariable])]) {
    isFlipped = weights.backend == "theano"
    guard weights.version == 1 else {
      isChannelsFirst = false
      return
    }
    // The file does not say which: one kernel that fits the other way only decides for all of them.
    let kernels = layers.flatMap { layer, variables in
      zip(layer.tensors, variables).filter { KernelLayout.isKernel($1) }.map { ($0.shape, $1.variable.parameter.shape) }
    }
    isChannelsFirst =
      kernels.contains { $0 != $1 } && kernels.allSatisfy { KernelLayout.channelsLast($0)?.shape(of: $0) == $1 }
  }

  func rearrangements(of tensor: StoredTensor, for target: OwnedVariable) -> [Rearrangement] {
    guard KernelLayout.isKernel(target) else { return [] }
    var result: [Rearrangement] = []
    if isChannelsFirst, let transposed = KernelLayout.channelsLast(tensor.shape) { result.append(transposed) }
    if isFlipped { result.append(.flipped(axes: tensor.shape.count - 2)) }
    return result
  }

  private static func isKernel(_ target: OwnedVariable) -> Bool {
    target.variable.parameter.name == "kernel" && convolutions.contains(target.layer.className)
  }

  /// (out, in, spatial...) to (spatial..., in, out).
  private static func channelsLast(_ shape: [Int]) -> Rearrangement? {
    shape.count < 3 ? nil : .transposed(Array(2..<shape.count) + [1, 0])
  }
}
