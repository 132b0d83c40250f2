public import Tensors

/// y = x. In training Keras adds l1 * sum of |x| + l2 * sum of x^2 to the loss, which is not supported: with such a layer a
/// model can only be used.
public struct ActivityRegularization: Layer, InferenceOnly {
  public static let kerasName = "ActivityRegularization"
  public let l1: Double, l2: Double

  public init(l1: Double = 0, l2: Double = 0) { (self.l1, self.l2) = (l1, l2) }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    l1 = try configuration.nonnegative("l1", default: 0)
    l2 = try configuration.nonnegative("l2", default: 0)
  }

  /// What the `activity_regularizer` of another layer asks for; nil where that has none.
  public init?(of className: String, named name: String, _ values: [String: JSONValue]) throws(ImportError) {
    guard let value = values["activity_regularizer"], value != .null, className != Self.kerasName else { return nil }
    let configuration = LayerConfiguration(
      className: className, values: ["name": .string(name), "activity_regularizer": value], kerasVersion: 3)
    guard let regularizer = try Regularizer.read("activity", in: configuration) else { return nil }
    self.init(l1: Double(regularizer.l1), l2: Double(regularizer.l2))
  }

  public func kerasConfiguration() -> [String: JSONValue] { ["l1": .number(l1), "l2": .number(l2)] }

  var obstacle: String? {
    l1 == 0 && l2 == 0 ? nil : "adds the size of activations to the loss, which is not supported; set l1 and l2 to 0"
  }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature { .identity(try inputs.one()) }
  public func atInference() -> any Layer { Identity() }

  public func forward(_ pass: borrowing ForwardPass) {}
  public func backward(_ pass: borrowing BackwardPass) {}
}
