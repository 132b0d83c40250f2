import Kernels
public import Tensors

/// The mean of n inputs of one shape, element by element: y = (x_0 + x_1 + ...) / n; dx_i = dy / n.
public struct Average: Layer {
  public static let kerasName = "Average"

  public init() {}
  public init(keras configuration: LayerConfiguration) throws(ImportError) {}
  public func kerasConfiguration() -> [String: JSONValue] { [:] }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    var signature = Signature(outputs: [try inputs.equal()])
    signature.backwardAliasing = .merged
    return signature
  }

  public func forward(_ pass: borrowing ForwardPass) {
    let (inputs, output) = (pass.inputs, pass.output)
    let share = 1 / Float(inputs.count)
    Combination.apply(.sum, inputs[0], inputs[1], factor: inputs.count == 2 ? share : 1, into: output)
    for index in 2..<max(2, inputs.count) {
      Combination.apply(.sum, output, inputs[index], factor: index + 1 == inputs.count ? share : 1, into: output)
    }
  }

  public func backward(_ pass: borrowing BackwardPass) {
    // They are one memory: whichever is wanted stands for all.
    for case let gradient? in pass.inputGradients {
      return Combination.copy(pass.outputGradient, factor: 1 / Float(pass.inputGradients.count), into: gradient)
    }
  }
}
