import Kernels
import Tensors

/// The common part of layers that merge inputs element by element: inputs of other shapes are repeated, and their
/// gradients summed over what they were repeated for.
enum Merging {
  /// - Parameter limit: how many inputs at most.
  static func signature(of inputs: [Shape], atMost limit: Int = .max) throws(ShapeError) -> Signature {
    let output = try inputs.merged(atMost: limit)
    var signature = Signature(outputs: [output])
    // For the gradient of an input before it is summed.
    if inputs.contains(where: { $0 != output }) { signature.scratch = { Layout(output, lanes: $0).count } }
    return signature
  }

  static func forward(_ operation: Combination.Operation, _ pass: borrowing ForwardPass) {
    let (inputs, output) = (pass.inputs, pass.output)
    Combination.apply(operation, inputs[0], inputs[1], into: output)
    for index in 2..<max(2, inputs.count) { Combination.apply(operation, output, inputs[index], into: output) }
  }

  /// Lets `body` write the gradient of an input as if the input had the output's shape, and sums it where it had not.
  static func write(
    _ gradient: Tensor, _ pass: borrowing BackwardPass, _ body: (_ whole: Tensor) -> Void
  ) {
    let shape = pass.outputGradient.shape
    if gradient.shape == shape { return body(gradient) }
    let whole = Tensor(shape, layout: Layout(shape, lanes: gradient.lanes), storage: pass.scratch)
    body(whole)
    Combination.sum(whole, into: gradient)
  }
}
