import Kernels
import Tensors

/// The common part of Maximum and Minimum: y is one of the inputs, and dx_i = dy for the first that equals y, else 0.
enum Extremum {
  static func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    var signature = try Merging.signature(of: inputs)
    signature.backwardReads = [.inputs, .outputs]
    return signature
  }

  static func backward(_ pass: borrowing BackwardPass) {
    let (inputs, output) = (pass.inputs, pass.output)
    for index in inputs.indices {
      guard let gradient = pass.inputGradients[index] else { continue }
      Merging.write(gradient, pass) { whole in
        Combination.route(pass.outputGradient, where: inputs[index], equals: output, true, into: whole)
        for earlier in 0..<index {
          Combination.route(whole, where: inputs[earlier], equals: output, false, into: whole)
        }
      }
    }
  }
}
