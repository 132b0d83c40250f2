import Networks

/// How convolution kernels lie in a file by layer, if not as (spatial..., in, out).
struct KernelLayout {
  private static let convolutions: Set = ["Conv1D", "Conv2D", "Conv3D", "Conv2DTranspose"]

  /// Theano convolves, which is to correlate with the mirrored kernel: Keras 2 stored it as it was.
  private let isFlipped: Bool
  /// Keras 1 with `dim_ordering: "th"`: (out, in, spatial...).
  private let isChannelsFirst: Bool
  /// Keras 1.
  private let isFirstVersion: Bool

  /// - Parameter layers: of the file, with the variables of the model's layers that they belong to.
  init(_ weights: LegacyWeights, _ layers: [(LegacyWeights.Layer, [OwnedVariable])]) {
    isFlipped = weights.backend == "theano"
    isFirstVersion = weights.version == 1
    guard isFirstVersion else {
      isChannelsFirst = false
      return
    }
    // The file does not say which: one kernel that fits the other way only decides for all of them.
    let kernels = layers.flatMap { layer, variables in
      zip(layer.tensors, variables).filter {
        ["Conv2D", "Conv3D"].contains($1.layer.className) && KernelLayout.isKernel($1)
      }
      .map { ($0.shape, $1.variable.parameter.shape) }
    }
    isChannelsFirst =
      kernels.contains { $0 != $1 } && kernels.allSatisfy { KernelLayout.channelsLast($0)?.shape(of: $0) == $1 }
  }

  func rearrangements(of tensor: StoredTensor, for target: OwnedVariable) -> [Rearrangement] {
    guard KernelLayout.isKernel(target) else { return [] }
    var result = isFirstVersion ? changesSinceKeras1(tensor.shape, target) : []
    if isFlipped { result.append(.flipped(axes: target.variable.parameter.shape.count - 2)) }
    return result
  }

  /// What Keras 2 does to the kernels of Keras 1.
  private func changesSinceKeras1(_ shape: [Int], _ target: OwnedVariable) -> [Rearrangement] {
    switch (target.layer.className, shape.count) {
    case ("Conv1D", 4) where shape[1] == 1: return [.reshaped([shape[0], shape[2], shape[3]])]
    case ("Conv1D", 4) where shape[3] == 1:
      return [.transposed([2, 3, 1, 0]), .reshaped([shape[2], shape[1], shape[0]])]
    // (out, in, height, width) or (height, width, in, out).
    case ("Conv2DTranspose", 4):
      let changes = Rearrangement.transposed(isChannelsFirst ? [2, 3, 0, 1] : [0, 1, 3, 2])
      return changes.shape(of: shape) == target.variable.parameter.shape ? [changes] : []
    case ("Conv2D", _), ("Conv3D", _):
      return isChannelsFirst ? [KernelLayout.channelsLast(shape)].compactMap(\.self) : []
    default: return []
    }
  }

  private static func isKernel(_ target: OwnedVariable) -> Bool {
    target.variable.parameter.name == "kernel" && convolutions.contains(target.layer.className)
  }

  /// (out, in, spatial...) to (spatial..., in, out).
  private static func channelsLast(_ shape: [Int]) -> Rearrangement? {
    shape.count < 3 ? nil : .transposed(Array(2..<shape.count) + [1, 0])
  }
}
