import Kernels
public import Tensors

/// y = x, any shape to the same shape; training adds to the loss of each image what its activations cost:
///
///     l1 * sum |x| + l2 * sum x^2
///
/// The loss of a batch is the mean over its images, as Keras 2 and Keras 3.15 divide it, so that dx = dy + (l1 *
/// sign(x) + 2 * l2 * x) / images, with sign(0) = 0. Frozen, and called as at inference, it does the same.
public struct ActivityRegularization: Layer {
  public static let kerasName = "ActivityRegularization"
  public let l1: Double, l2: Double

  public init(l1: Double = 0, l2: Double = 0) { (self.l1, self.l2) = (l1, l2) }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    l1 = try configuration.nonnegative("l1", default: 0)
    l2 = try configuration.nonnegative("l2", default: 0)
  }

  /// What the `activity_regularizer` of another layer asks for; nil where that has none.
  public init?(
    of className: String, named name: String, _ values: [String: JSONValue], foreign: ForeignSettings? = nil
  ) throws(ImportError) {
    guard let value = values["activity_regularizer"], value != .null, className != Self.kerasName else { return nil }
    let configuration = LayerConfiguration(
      className: className, values: ["name": .string(name), "activity_regularizer": value], foreign: foreign)
    guard let regularizer = try Regularizer.read("activity", in: configuration) else { return nil }
    self.init(l1: Double(regularizer.l1), l2: Double(regularizer.l2))
  }

  /// What it is called where it stands for the argument of another layer.
  public func name(behind layer: String) -> String { "\(layer)_activity_regularization" }

  public func kerasConfiguration() -> [String: JSONValue] { ["l1": .number(l1), "l2": .number(l2)] }

  /// Whether it costs anything.
  public var addsToLoss: Bool { l1 > 0 || l2 > 0 }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    guard addsToLoss else { return .identity(try inputs.one()) }
    var signature = Signature(outputs: [try inputs.one()])
    signature.backwardReads = .outputs
    signature.forwardAliasing = .inPlace
    signature.backwardAliasing = .inPlace
    return signature
  }

  public func forward(_ pass: borrowing ForwardPass) {
    Elementwise.copy(pass.input, into: pass.output)
    guard pass.mode == .training else { return }
    pass.shard.penalty += ActivityPenalty.sum(pass.output, live: pass.live, l1: l1, l2: l2)
  }

  public func backward(_ pass: borrowing BackwardPass) {
    guard let inputGradient = pass.inputGradient else { return }
    let weight = pass.shard.imageWeight
    ActivityPenalty.differentiate(
      input: pass.output, gradient: pass.outputGradient, live: pass.live, l1: Float(l1) * weight,
      l2: Float(l2) * weight,
      into: inputGradient)
  }
}
