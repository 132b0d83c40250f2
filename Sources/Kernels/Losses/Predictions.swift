internal import CKernels
internal import Tensors

/// Predictions and a target of the same shape, as the kernels of losses take them.
@safe
struct Predictions {
  let kernel: ck_predictions
  let layout: Layout

  /// - Parameter isJoined: whether the elements along an axis make one loss together: 0 the channels, 1 the width, 2
  ///   the height, 3 the depth.
  init(_ predictions: Tensor, target: Tensor, isJoined: (_ axis: Int) -> Bool) {
    layout = predictions.layout
    precondition(layout.hasSameExtent(as: target.layout), "\(predictions.shape) against \(target.shape)")
    let sizes = (layout.channels, layout.depth, layout.height, layout.width)
    let groups = (
      isJoined(0) ? 1 : sizes.0, isJoined(3) ? 1 : sizes.1, isJoined(2) ? 1 : sizes.2, isJoined(1) ? 1 : sizes.3
    )
    unsafe kernel = ck_predictions(
      grouping: ck_grouping(size: sizes, groups: groups, parameter: (0, 0, 0, 0)),
      predictions: predictions.pointer, prediction_steps: predictions.steps, target: target.pointer,
      target_steps: target.steps, lanes: layout.lanes)
  }

  /// Groups of one image.
  static func groupCount(of shape: Shape, isJoined: (_ axis: Int) -> Bool) -> Int {
    (0..<shape.rank).reduce(1) { isJoined($1) ? $0 : $0 * shape.dimensions[shape.rank - 1 - $1] }
  }

  /// Writes the loss of each image, what `add` adds up for its lane over `divisor`, and 0 in dead lanes.
  @unsafe func measure(
    live: Int, divisor: Double, into losses: LaneNumbers,
    add: (UnsafePointer<ck_predictions>, UnsafeMutablePointer<Double>) -> Void
  ) {
    precondition(losses.lanes == layout.lanes && live >= 0 && live <= layout.lanes)
    for lane in 0..<losses.lanes { losses[lane] = 0 }
    unsafe withUnsafePointer(to: kernel) { unsafe add($0, losses.pointer) }
    for lane in 0..<losses.lanes { losses[lane] = lane < live ? losses[lane] / divisor : 0 }
  }

  /// Has `write` make the gradient of the predictions from a factor for each lane.
  @unsafe func differentiate(
    factors: Tensor, divisor: Double, into gradient: Tensor,
    write: (UnsafePointer<ck_predictions>, UnsafePointer<ck_loss_gradient>) -> Void
  ) {
    precondition(factors.layout.planeCount == layout.lanes && factors.layout.channels == 1)
    precondition(gradient.layout.hasSameExtent(as: layout))
    let output = unsafe ck_loss_gradient(
      gradient: factors.pointer, scale: Float(1 / divisor), divisor: divisor, prediction_gradient: gradient.pointer,
      steps: gradient.steps)
    unsafe withUnsafePointer(to: kernel) { input in
      unsafe withUnsafePointer(to: output) { unsafe write(input, $0) }
    }
  }
}
