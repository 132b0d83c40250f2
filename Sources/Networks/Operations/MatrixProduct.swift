import Kernels
import Tensors

/// y = a b for each image and, where there are more than two axes, for each matrix of the last two: (N, K) and (K, M)
/// to (N, M). da = dy b^T, db = a^T dy.
struct MatrixProduct: OperationBody {
  func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    guard inputs.count == 2, inputs[0].rank >= 2, inputs[0].rank == inputs[1].rank else {
      throw ShapeError(
        "multiplies two inputs with at least two axes each, but gets "
          + "\(inputs.map(\.description).joined(separator: " and ")); put a Reshape before the smaller one."
      )
    }
    let (first, second) = (Array(inputs[0].dimensions.suffix(2)), Array(inputs[1].dimensions.suffix(2)))
    let outer = inputs[0].dimensions.dropLast(2)
    guard first[1] == second[0], outer == inputs[1].dimensions.dropLast(2) else {
      throw ShapeError(
        "cannot multiply matrices of \(inputs[0]) and \(inputs[1]); the last axis of the first and the last but one of "
          + "the second must be as long, and the axes before them the same.")
    }
    var signature = Signature(outputs: [Shape(outer + [first[0], second[1]])])
    signature.backwardReads = .inputs
    signature.multiplications = signature.outputs[0].count * first[1]
    return signature
  }

  private func transposed(_ tensor: Tensor) -> TensorView { TensorView(tensor).permuted(SIMD4(0, 1, 3, 2)) }

  func forward(_ pass: borrowing ForwardPass) {
    TensorView(pass.output).multiplyMatrices(TensorView(pass.inputs[0]), TensorView(pass.inputs[1]))
  }

  func backward(_ pass: borrowing BackwardPass) {
    let dy = TensorView(pass.outputGradient)
    if let gradient = pass.inputGradients[0] {
      TensorView(gradient).multiplyMatrices(dy, transposed(pass.inputs[1]))
    }
    if let gradient = pass.inputGradients[1] {
      TensorView(gradient).multiplyMatrices(transposed(pass.inputs[0]), dy)
    }
  }
}
