import Kernels
public import Tensors

/// The sum of two or more inputs of one shape, element by element: y = x_0 + x_1 + ...; dx_i = dy.
public struct Add: Layer {
  public static let kerasName = "Add"
  /// Whether max(0, .) is applied to the sum: the planner puts a following ReLU here.
  var isRectified = false

  public init() {}
  public init(keras configuration: LayerConfiguration) throws(ImportError) {}
  public func kerasConfiguration() -> [String: JSONValue] { [:] }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    guard inputs.count >= 2, inputs.allSatisfy({ $0 == inputs[0] }) else {
      throw ShapeError("adds inputs of one shape, but gets \(inputs.map(\.description).joined(separator: " and ")).")
    }
    var signature = Signature(outputs: [inputs[0]])
    // A third input may be the memory of the first, which must then stay until it is added.
    signature.forwardAliasing = inputs.count == 2 ? .inPlace : .separate
    signature.backwardAliasing = isRectified ? .merged : .view
    signature.backwardReads = isRectified ? .outputs : []
    return signature
  }

  public func absorbing(_ next: any Layer) -> (any Layer)? {
    guard ActivationFunction.isRectifier(next), !isRectified else { return nil }
    var copy = self
    copy.isRectified = true
    return copy
  }

  public func forward(_ pass: borrowing ForwardPass) {
    let last = pass.inputs.count - 1
    Elementwise.add(pass.inputs[0], pass.inputs[1], into: pass.output, rectified: isRectified && last == 1)
    for index in 1..<last {
      Elementwise.add(pass.output, pass.inputs[index + 1], into: pass.output, rectified: isRectified && index + 1 == last)
    }
  }

  public func backward(_ pass: borrowing BackwardPass) {
    // Without a ReLU the gradients of the inputs are that of the output.
    guard isRectified else { return }
    // They are one memory: whichever is wanted stands for all.
    for case let gradient? in pass.inputGradients {
      return ActivationFunction.relu.differentiate(output: pass.output, gradient: pass.outputGradient, into: gradient)
    }
  }
}
