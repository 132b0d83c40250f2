public import Kernels
public import Tensors

/// Cross-entropy of classes in which those that are right weigh less; the mean over the positions of an image:
///
///     -sum over classes of alpha (1 - o)^gamma t log(o)
///
/// With o and t as in `CategoricalCrossentropy`; alpha is one number, or one for each class of the last axis. Of logits
/// nothing is clipped.
public struct CategoricalFocalCrossentropy: ClasswiseLoss {
  public static let kerasName = "CategoricalFocalCrossentropy"
  public static let functionName = "categorical_focal_crossentropy"
  public var isOfLogits: Bool
  /// One for all classes, or one for each.
  public let alpha: [Double]
  public let gamma: Double
  public let labelSmoothing: Double
  public let axis: Int
  public let reduction: LossReduction
  /// One for each class.
  private var weights = Buffer.empty

  public init(
    isOfLogits: Bool = false, alpha: [Double] = [0.25], gamma: Double = 2, labelSmoothing: Double = 0, axis: Int = -1,
    reduction: LossReduction = .mean
  ) {
    precondition(!alpha.isEmpty)
    (self.isOfLogits, self.alpha, self.gamma) = (isOfLogits, alpha, gamma)
    (self.labelSmoothing, self.axis, self.reduction) = (labelSmoothing, axis, reduction)
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    let value = configuration.value("alpha")
    let list = value == .null ? [0.25] : value.asNumber.map { [$0] } ?? (value.asArray ?? []).compactMap(\.asNumber)
    guard !list.isEmpty, list.count == value.asArray?.count ?? 1, list.allSatisfy({ $0 >= 0 }) else {
      throw ImportError(
        "\(configuration.place): alpha is \(value.brief), but must be a number of at least 0, or one for each class.")
    }
    self.init(
      isOfLogits: try configuration.bool("from_logits", default: false), alpha: list,
      gamma: try configuration.nonnegative("gamma", default: 2), labelSmoothing: try configuration.labelSmoothing(),
      axis: try configuration.classAxis(), reduction: try configuration.lossReduction())
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    reduction.describing([
      "from_logits": .bool(isOfLogits),
      "alpha": alpha.count == 1 ? .number(alpha[0]) : .array(alpha.map { .number($0) }), "gamma": .number(gamma),
      "label_smoothing": .number(labelSmoothing), "axis": .integer(axis),
    ])
  }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    let signature = try signature(comparing: inputs)
    let axis = try inputs[0].axisFromEnd(self.axis)
    guard alpha.count == 1 || axis == 0 && alpha.count == inputs[0].channels else {
      throw ShapeError(
        "has \(alpha.count) numbers alpha for predictions of shape \(inputs[0]); give it one, or one for each class of "
          + "the last axis.")
    }
    return signature
  }

  public func bound(to inputs: [Shape]) -> any Layer {
    var copy = self
    let count = inputs[0].dimensions[axis < 0 ? inputs[0].rank + axis : axis - 1]
    copy.weights = Buffer((0..<count).map { Float(alpha.count == 1 ? alpha[0] : alpha[$0]) })
    return copy
  }

  public func absorbing(_ activation: ActivationFunction) -> (any LossLayer)? {
    guard activation == .softmax, !isOfLogits, axis == -1 else { return nil }
    var loss = self
    loss.isOfLogits = true
    return loss
  }

  public var function: ClassLoss { .focal(gamma: Float(gamma), isLogit: isOfLogits) }

  public func prepare(_ classes: inout ClassLoss.Classes, shape: Shape) {
    (classes.targetScale, classes.targetOffset) = (
      Float(1 - labelSmoothing), Float(labelSmoothing / Double(shape.channels))
    )
    classes.weights = weights
  }
}
