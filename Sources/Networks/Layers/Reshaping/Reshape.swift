import Kernels
public import Tensors

/// The same elements, in Keras's order (row-major, channels last), in another shape.
public struct Reshape: Layer {
  public static let kerasName = "Reshape"
  /// Without the batch; one size may be -1, which follows from the others.
  public let targetShape: [Int]

  public init(_ targetShape: [Int]) { self.targetShape = targetShape }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    let sizes = (configuration.value("target_shape").asArray ?? []).map(\.asInteger)
    let known = sizes.compactMap(\.self)
    guard !known.isEmpty, known.count == sizes.count, known.count <= 4, known.allSatisfy({ $0 > 0 || $0 == -1 }),
      known.count(where: { $0 == -1 }) < 2
    else {
      throw ImportError(
        "layer '\(configuration.layerName)' (Reshape): target_shape is \(configuration.value("target_shape").brief), "
          + "but must be one to four sizes, of which one may be -1."
      )
    }
    targetShape = known
  }

  public func kerasConfiguration() -> [String: JSONValue] { ["target_shape": JSONValue(targetShape)] }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    let input = try inputs.one()
    var known = 1
    for size in targetShape where size != -1 {
      // A size of its own beyond the elements of the input cannot fit, and the product must not overflow.
      known = known > input.count || size > input.count ? input.count + 1 : known * size
    }
    let rest = known > 0 ? input.count / known : 0
    let sizes = targetShape.map { $0 == -1 ? rest : $0 }
    guard known <= input.count, sizes.reduce(1, *) == input.count else {
      throw ShapeError(
        "cannot make \(targetShape) of the \(input.count) elements of \(input); choose sizes whose product is "
          + "\(input.count), or -1 for one of them.")
    }
    var signature = Signature(outputs: [Shape(sizes)])
    if signature.outputs[0] == input { (signature.forwardAliasing, signature.backwardAliasing) = (.view, .view) }
    return signature
  }

  public func forward(_ pass: borrowing ForwardPass) { Reshaping.reshape(pass.input, into: pass.output) }

  public func backward(_ pass: borrowing BackwardPass) {
    if let inputGradient = pass.inputGradient { Reshaping.reshape(pass.outputGradient, into: inputGradient) }
  }
}
