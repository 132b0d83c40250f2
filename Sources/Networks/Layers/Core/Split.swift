import Kernels
import Tensors

/// One value for several readers; their gradients are summed. Made by the planner where a value has more than one
/// reader.
///
/// Forward: every output is the input. Backward: dx = dy_0 + dy_1 + ..., in this order.
struct Split: Arranging {
  static let kerasName = "Split"
  let ways: Int

  init(ways: Int) { self.ways = ways }

  func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    var signature = Signature(outputs: Array(repeating: inputs[0], count: ways))
    signature.forwardAliasing = .view
    signature.backwardAliasing = .inPlace
    signature.isChannelwise = true
    return signature
  }

  func forward(_ pass: borrowing ForwardPass) {}

  func backward(_ pass: borrowing BackwardPass) {
    guard let gradient = pass.inputGradient else { return }
    let gradients = pass.outputGradients
    Elementwise.add(gradients[0], gradients[1], into: gradient)
    for other in gradients.dropFirst(2) { Elementwise.add(gradient, other, into: gradient) }
  }
}
