import Kernels
public import Tensors

/// The mean of n inputs, element by element: y = (x_0 + x_1 + ...) / n; dx_i = dy / n. An input may have size 1 where
/// others have more.
public struct Average: Layer {
  public static let kerasName = "Average"

  public init() {}
  public init(keras configuration: LayerConfiguration) throws(ImportError) {}
  public func kerasConfiguration() -> [String: JSONValue] { [:] }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    var signature = try Merging.signature(of: inputs)
    if inputs.allSatisfy({ $0 == inputs[0] }) { signature.backwardAliasing = .merged }
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
    let dy = pass.outputGradient
    let isOneShape = pass.inputGradients.allSatisfy { $0 == nil || $0!.shape == dy.shape }
    for case let gradient? in pass.inputGradients {
      Merging.write(gradient, pass) { whole in
        Combination.copy(dy, factor: 1 / Float(pass.inputGradients.count), into: whole)
      }
      // Of one shape they are one memory: whichever is wanted stands for all.
      if isOneShape { return }
    }
  }
}
