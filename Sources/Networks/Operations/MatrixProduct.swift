import Kernels
import Tensors

/// y = a b for each image and, where there are more than two axes, for each matrix of the last two: (N, K) and (K, M) to
/// (N, M). da = dy b^T, db = a^T dy.
struct MatrixProduct: OperationBody {
  let transposesFirst: Bool
  let transposesSecond: Bool

  init(transposesFirst: Bool = false, transposesSecond: Bool = false) {
    (self.transposesFirst, self.transposesSecond) = (transposesFirst, transposesSecond)
  }

  func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    guard inputs.count == 2, inputs[0].rank >= 2, inputs[0].rank == inputs[1].rank else {
      throw ShapeError("multiplies two inputs with at least two axes each, but gets \(inputs.map(\.description).joined(separator: " and ")).")
    }
    func matrix(_ shape: Shape, _ isTransposed: Bool) -> (rows: Int, columns: Int) {
      let sizes = shape.dimensions.suffix(2)
      return isTransposed ? (sizes.last!, sizes.first!) : (sizes.first!, sizes.last!)
    }
    let (first, second) = (matrix(inputs[0], transposesFirst), matrix(inputs[1], transposesSecond))
    let outer = inputs[0].dimensions.dropLast(2)
    guard first.columns == second.rows, outer == inputs[1].dimensions.dropLast(2) else {
      throw ShapeError("cannot multiply matrices of \(inputs[0]) and \(inputs[1]).")
    }
    var signature = Signature(outputs: [Shape(outer + [first.rows, second.columns])])
    signature.backwardReads = .inputs
    signature.multiplications = signature.outputs[0].count * first.columns
    return signature
  }

  private func view(_ tensor: Tensor, _ isTransposed: Bool) -> TensorView {
    isTransposed ? TensorView(tensor).permuted(SIMD4(0, 1, 3, 2)) : TensorView(tensor)
  }

  func forward(_ pass: borrowing ForwardPass) {
    TensorView(pass.output).multiplyMatrices(
      view(pass.inputs[0], transposesFirst), view(pass.inputs[1], transposesSecond))
  }

  func backward(_ pass: borrowing BackwardPass) {
    let dy = TensorView(pass.outputGradient)
    if let gradient = pass.inputGradients[0] {
      view(gradient, transposesFirst).multiplyMatrices(dy, view(pass.inputs[1], !transposesSecond))
    }
    if let gradient = pass.inputGradients[1] {
      view(gradient, transposesSecond).multiplyMatrices(view(pass.inputs[0], !transposesFirst), dy)
    }
  }
}
