import Kernels
public import Tensors

/// y = x_0 + scale * x_1; dx_0 = dy, dx_1 = scale * dy. A layer of keras.applications' InceptionResNetV2.
public struct CustomScaleLayer: Layer {
  public static let kerasName = "CustomScaleLayer"
  public let scale: Double

  public init(_ scale: Double) { self.scale = scale }

  public init(keras configuration: LayerConfiguration) throws(ImportError) { scale = try configuration.number("scale") }

  public func kerasConfiguration() -> [String: JSONValue] { ["scale": .number(scale)] }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    guard inputs.count == 2, inputs[0] == inputs[1] else {
      throw ShapeError(
        "takes two inputs of one shape, but gets \(inputs.map(\.description).joined(separator: " and ")); give it the two "
          + "branches of a block.")
    }
    return Signature(outputs: [inputs[0]])
  }

  public func forward(_ pass: borrowing ForwardPass) {
    Combination.copy(pass.inputs[1], factor: Float(scale), into: pass.output)
    Elementwise.add(pass.inputs[0], pass.output, into: pass.output)
  }

  public func backward(_ pass: borrowing BackwardPass) {
    if let first = pass.inputGradients[0] { Elementwise.copy(pass.outputGradient, into: first) }
    if let second = pass.inputGradients[1] {
      Combination.copy(pass.outputGradient, factor: Float(scale), into: second)
    }
  }
}
