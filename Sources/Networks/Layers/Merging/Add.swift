import Kernels
public import Tensors

/// The sum of two or more inputs, element by element: y = x_0 + x_1 + ...; dx_i = dy. An input may have size 1 where
/// others have more, or lack leading axes; it is repeated.
public struct Add: Layer {
  public static let kerasName = "Add"
  /// Whether max(0, .) is applied to the sum: the planner puts a following ReLU here.
  var isRectified = false

  public init() {}
  public init(keras configuration: LayerConfiguration) throws(ImportError) {}
  public func kerasConfiguration() -> [String: JSONValue] { [:] }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    var signature = try Merging.signature(of: inputs)
    let isOneShape = inputs.allSatisfy { $0 == inputs[0] }
    // A third input may be the memory of the first, which must then stay until it is added.
    signature.forwardAliasing = inputs.count == 2 && isOneShape ? .inPlace : .separate
    signature.backwardAliasing = !isOneShape ? .separate : isRectified ? .merged : .view
    signature.backwardReads = isRectified ? .outputs : []
    signature.isChannelwise = isOneShape
    return signature
  }

  public func absorbing(_ next: any Layer, inputs: [Shape]) -> (any Layer)? {
    guard ActivationFunction.isRectifier(next), !isRectified else { return nil }
    var copy = self
    copy.isRectified = true
    return copy
  }

  public func forward(_ pass: borrowing ForwardPass) {
    let (inputs, output, last) = (pass.inputs, pass.output, pass.inputs.count - 1)
    guard inputs.allSatisfy({ $0.shape == output.shape }) else {
      Merging.forward(.sum, pass)
      if isRectified { ActivationFunction.relu.apply(output, into: output) }
      return
    }
    Elementwise.add(inputs[0], inputs[1], into: output, rectified: isRectified && last == 1)
    for index in 1..<last {
      Elementwise.add(output, inputs[index + 1], into: output, rectified: isRectified && index + 1 == last)
    }
  }

  public func backward(_ pass: borrowing BackwardPass) {
    let dy = pass.outputGradient
    let isOneShape = pass.inputGradients.allSatisfy { $0 == nil || $0!.shape == dy.shape }
    for case let gradient? in pass.inputGradients {
      Merging.write(gradient, pass) { whole in
        if isRectified {
          ActivationFunction.relu.differentiate(output: pass.output, gradient: dy, into: whole)
        } else {
          Combination.copy(dy, into: whole)
        }
      }
      // Of one shape they are one memory: whichever is wanted stands for all.
      if isOneShape, isRectified { return }
    }
  }
}
