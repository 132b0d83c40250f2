import Kernels
import Tensors

/// What Maximum and Minimum have in common: y is one of the inputs, and dx_i = dy for the first that equals y, else 0.
enum Extremum {
  static func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    var signature = Signature(outputs: [try inputs.equal()])
    signature.backwardReads = [.inputs, .outputs]
    return signature
  }

  static func forward(_ operation: Combination.Operation, _ pass: borrowing ForwardPass) {
    let (inputs, output) = (pass.inputs, pass.output)
    Combination.apply(operation, inputs[0], inputs[1], into: output)
    for input in inputs.dropFirst(2) { Combination.apply(operation, output, input, into: output) }
  }

  static func backward(_ pass: borrowing BackwardPass) {
    let (inputs, output) = (pass.inputs, pass.output)
    for index in inputs.indices {
      guard let gradient = pass.inputGradients[index] else { continue }
      Combination.route(pass.outputGradient, where: inputs[index], equals: output, true, into: gradient)
      for earlier in 0..<index {
        Combination.route(gradient, where: inputs[earlier], equals: output, false, into: gradient)
      }
    }
  }
}
