import Kernels
import Tensors

/// Images of which the input holds strips: (H, W, C) to (S * H, W, C) in an S-th of the lanes, or (H, S * W, C). Made
/// by the planner.
struct FromStrips: Arranging {
  static let kerasName = "FromStrips"
  let strips: Strips

  func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    Signature(outputs: [strips.image(of: try inputs.one(rank: 3))])
  }

  func forward(_ pass: borrowing ForwardPass) { strips.join(pass.input, into: pass.output) }

  func backward(_ pass: borrowing BackwardPass) {
    guard let inputGradient = pass.inputGradient else { return }
    strips.cut(pass.outputGradient, into: inputGradient)
  }
}
