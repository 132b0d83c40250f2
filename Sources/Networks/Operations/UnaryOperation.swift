import Kernels
import Tensors

/// A function of one element that no activation is. Any shape to the same shape.
struct UnaryOperation: OperationBody {
  let function: UnaryFunction

  init(_ function: UnaryFunction) { self.function = function }

  func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    var signature = Signature(outputs: [try inputs.one()])
    signature.backwardReads = .inputs
    signature.forwardAliasing = .inPlace
    signature.backwardAliasing = .inPlace
    return signature
  }

  func forward(_ pass: borrowing ForwardPass) { function.apply(pass.input, live: pass.live, into: pass.output) }

  func backward(_ pass: borrowing BackwardPass) {
    guard let inputGradient = pass.inputGradient else { return }
    function.differentiate(input: pass.input, gradient: pass.outputGradient, into: inputGradient)
  }
}
