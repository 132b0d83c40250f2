public import Tensors

/// Where samples enter a network; its output is written from outside. The Input of a nested model has what the model is
/// called with as its input, and gives it on.
public struct Input: Layer {
  public static let kerasName = "InputLayer"
  public let shape: Shape

  public init(_ shape: Shape) { self.shape = shape }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    let axes = configuration.value("batch_shape").asArray ?? configuration.value("batch_input_shape").asArray
    let sizes = axes?.dropFirst().compactMap(\.asInteger)
    guard let axes, let sizes, sizes.count == axes.count - 1, (1...4).contains(sizes.count),
      sizes.allSatisfy({ $0 > 0 })
    else {
      let given = configuration.values["batch_shape"] ?? configuration.values["batch_input_shape"] ?? .null
      throw ImportError(
        "input '\(configuration.layerName)': the shape \(given.brief) is not complete; fix it with convoy import FILE "
          + "--input 224,224,3 --output NAME.h5 and the sizes of your samples, or build the model with fixed sizes."
      )
    }
    try configuration.expect("sparse", among: [false])
    try configuration.expect("ragged", among: [false])
    try configuration.expect("optional", among: [false])
    shape = Shape(sizes)
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    ["batch_shape": .array([.null] + shape.dimensions.map { .integer($0) })]
  }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    var signature = Signature(outputs: [shape])
    guard !inputs.isEmpty else { return signature }
    guard try inputs.one() == shape else {
      throw ShapeError("takes \(shape), but its model is called with \(inputs[0]); call it with what it was built for.")
    }
    (signature.forwardAliasing, signature.backwardAliasing) = (.view, .view)
    return signature
  }

  public func forward(_ pass: borrowing ForwardPass) {}
  public func backward(_ pass: borrowing BackwardPass) {}
}
