import Kernels
import Tensors

/// Losses of images that are cut into strips: the layer writes what each strip adds, and reads in the lane of each
/// strip what its image counts.
extension LayerCall {
  private var strips: Int? {
    guard let pass = forwardPasses.first, pass.strips > 1, layer is any LossLayer else { return nil }
    return pass.strips
  }

  /// Puts the loss of image i, the sum over its strips, into lane i.
  func addLossesOfStrips() {
    guard let strips else { return }
    let losses = forwardPasses[0].losses
    for image in 0..<losses.lanes {
      let first = image * strips
      losses[image] = first + strips > losses.lanes ? 0 : (0..<strips).reduce(0) { $0 + losses[first + $1] }
    }
    losses.copy(into: forwardPasses[0].output)
  }

  /// Puts what image i counts, of lane i, into the lanes of its strips.
  func spreadWeightsOverStrips() {
    guard let strips else { return }
    let gradient = backwardPasses[0].outputGradient
    for lane in (0..<gradient.lanes).reversed() {
      let image = lane / strips
      let isStrip = (image + 1) * strips <= gradient.lanes
      gradient[lane: lane, depth: 0, height: 0, width: 0, channel: 0] =
        isStrip ? gradient[lane: image, depth: 0, height: 0, width: 0, channel: 0] : 0
    }
  }
}
