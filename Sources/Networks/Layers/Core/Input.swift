public import Kernels
public import Tensors

/// Where samples enter a network; its output is written from outside. The Input of a nested model has what the model is
/// called with as its input, and gives it on.
///
/// Texts, Keras's dtype `string`, come as their bytes in UTF-8 along one axis more, 0 behind their end; so do whole
/// numbers of 64 bits for layers that look them up, as decimal text.
public struct Input: Layer {
  public static let kerasName = "InputLayer"
  /// Of a sample as it lies in memory: for texts with the axis of bytes.
  public let shape: Shape
  public let form: KeyForm

  public init(_ shape: Shape) { (self.shape, form) = (shape, .number) }

  /// - Parameters:
  ///   - keys: the shape of a sample, Keras's; an empty one for one text.
  ///   - capacity: the most bytes of a text.
  public init(_ keys: Shape, _ form: KeyForm, capacity: Int) {
    precondition(form != .number && capacity > 0)
    (shape, self.form) = (Shape(keys.dimensions + [capacity]), form)
  }

  /// The shape of a sample in Keras's terms: a text is one element.
  public var kerasShape: Shape { form.keys(of: shape) }

  /// The most bytes of a whole number of 64 bits as text.
  public static let integerCapacity = 20

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    let axes = configuration.value("batch_shape").asArray ?? configuration.value("batch_input_shape").asArray
    let sizes = axes?.dropFirst().compactMap(\.asInteger)
    let isText = configuration.values["dtype"]?.asString == "string"
    guard let axes, let sizes, sizes.count == axes.count - 1, (isText ? 0...3 : 1...4).contains(sizes.count),
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
    // How long texts are, the data says.
    if isText { self.init(Shape(sizes), .text, capacity: 1) } else { self.init(Shape(sizes)) }
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    var values: [String: JSONValue] = [
      "batch_shape": .array([.null] + kerasShape.dimensions.map { .integer($0) })
    ]
    if form != .number { values["dtype"] = form == .text ? "string" : "int64" }
    return values
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
