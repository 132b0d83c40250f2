public import Tensors

/// A function of tensors that is part of a Keras model without being a layer: one of Keras 3's `keras.ops`, or a
/// `TFOpLambda` of Keras 2. It has no parameters.
///
/// Names and arguments are those of Keras 3 (`add`, `mean`, `get_item`, ...; axes count the batch as 0), and operands
/// that are constants stand among the arguments: see `OperationTable`. What an operation computes is another layer,
/// which the planner puts in its place.
public struct Operation: Layer {
  public static let kerasName = "Operation"
  public let name: String
  public let arguments: [String: JSONValue]
  private let rule: OperationTable.Rule

  public init(_ name: String, _ arguments: [String: JSONValue] = [:]) throws(ImportError) {
    self.name = name
    var arguments = arguments.filter { $0.value != .null }
    // JSON knows no difference between 1 and 1.0.
    for key in ["constant", "constant_values", "x_min", "x_max"] { arguments[key] = arguments[key]?.withoutIntegers }
    self.arguments = arguments
    rule = try OperationTable.rule(name, self.arguments)
  }

  /// One of our own, of a tensor and a number.
  init(known name: String, constant: Double? = nil) {
    do {
      try self.init(name, constant.map { ["constant": .number($0)] } ?? [:])
    } catch {
      preconditionFailure(error.description)
    }
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    try self.init(
      try configuration.string("operation"), configuration.value("arguments").asObject ?? [:])
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    ["operation": .string(name), "arguments": .object(arguments)]
  }

  /// The same selection with whole axes in place of an ellipsis, which Keras 3 does not read from HDF5; any other
  /// operation as it is.
  ///
  /// - Parameter rank: axes of a sample.
  public func spelledOut(rank: Int) -> Operation {
    guard let key = arguments["key"]?.asArray, let place = key.firstIndex(of: "...") else { return self }
    let whole = JSONValue.object(["start": .null, "stop": .null, "step": .null])
    let missing = rank + 1 - key.count { $0 != .null && $0 != "..." }
    guard missing >= 0 else { return self }
    var items = key
    items.replaceSubrange(place...place, with: Array(repeating: whole, count: missing))
    return (try? Operation(name, arguments.merging(["key": .array(items)]) { $1 })) ?? self
  }

  /// The layer that computes it for inputs of these shapes.
  func layer(for inputs: [Shape]) throws(ShapeError) -> any Layer { try rule(inputs) }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    let layer: any Layer
    do {
      layer = try rule(inputs)
    } catch {
      throw ShapeError("the operation \(name) \(error.description)")
    }
    return try layer.signature(of: inputs)
  }

  public func forward(_ pass: borrowing ForwardPass) { preconditionFailure("the planner puts the layer in its place") }
  public func backward(_ pass: borrowing BackwardPass) {
    preconditionFailure("the planner puts the layer in its place")
  }
}

extension JSONValue {
  /// The same with fractions in place of integers.
  var withoutIntegers: JSONValue {
    switch self {
    case .integer(let value): .number(Double(value))
    case .array(let elements): .array(elements.map(\.withoutIntegers))
    default: self
    }
  }
}
