public import Kernels
public import Tensors

/// A loss: a layer that takes predictions and, as its last input, a target, and gives one number for each image.
///
/// Its only output has the shape (1). `forward` writes the loss of every live image there, and with full precision into
/// `pass.losses`, 0 for dead lanes. `backward` multiplies the derivative of each image's loss by the gradient that
/// arrives in its lane, which holds the weight of the image and of the output, divided by the images of the batch, and
/// is 0 in dead lanes. The target's gradient is never asked for.
///
/// The loss of an image follows from that image alone: a number that is pooled over the batch would depend on how the
/// batch is cut into shards.
public protocol LossLayer: Layer {
  /// Keras's name of the function, as in `compile(loss="mean_squared_error")`; other names are aliases.
  static var functionName: String { get }

  /// Whether predictions must be probabilities, because the loss has no form for logits.
  static var isOfProbabilities: Bool { get }

  /// The shape that a target must have for predictions of these shapes.
  func targetShape(for predictions: [Shape]) throws(ShapeError) -> Shape

  /// The same loss of what an activation is applied to, such as that of logits where it was one of probabilities; nil
  /// where there is none. Computed in one pass, it neither overflows nor rounds twice.
  func absorbing(_ activation: ActivationFunction) -> (any LossLayer)?

  /// Whether the loss of an image with predictions of this shape, (H, W, C), is the sum of what strips of it come to.
  /// The planner may then cut images into `pass.strips` of them, in as many lanes: forward and backward divide by what
  /// the whole image has, and the network adds up.
  func isSumOfStrips(of predictions: Shape) -> Bool
}

extension LossLayer {
  public static var isOfProbabilities: Bool { false }
  public func absorbing(_ activation: ActivationFunction) -> (any LossLayer)? { nil }
  public func isSumOfStrips(of predictions: Shape) -> Bool { false }
}
