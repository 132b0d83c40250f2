import Kernels
import Tensors

/// Images in other strips than those of the input, or whole ones, or parts of them, or with zeros around them:
/// (H, W, C) to (H', W', C) in other lanes. Made by the planner.
struct MoveStrips: Arranging {
  static let kerasName = "MoveStrips"
  let move: StripMove
  /// (H, W, C) of whole images of the output.
  let image: Shape

  func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    _ = try inputs.one(rank: 3)
    guard let strip = move.target.strip(of: image) else {
      throw ShapeError("\(image) is no whole number of \(move.target.count) strips; give fewer or more of them.")
    }
    return Signature(outputs: [strip])
  }

  func forward(_ pass: borrowing ForwardPass) { move(pass.input, into: pass.output) }

  func backward(_ pass: borrowing BackwardPass) {
    guard let inputGradient = pass.inputGradient else { return }
    move.reversed(pass.outputGradient, into: inputGradient)
  }
}
