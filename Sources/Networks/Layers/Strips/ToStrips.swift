import Kernels
import Tensors

/// Images cut into strips: (H, W, C) to (H / S, W, C) in S times as many lanes, or (H, W / S, C). Made by the planner.
struct ToStrips: Arranging {
  static let kerasName = "ToStrips"
  let strips: Strips

  func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    guard let strip = strips.strip(of: try inputs.one()) else {
      throw ShapeError("\(inputs[0]) is no whole number of \(strips.count) strips; give fewer or more of them.")
    }
    return Signature(outputs: [strip])
  }

  func forward(_ pass: borrowing ForwardPass) { strips.cut(pass.input, into: pass.output) }

  func backward(_ pass: borrowing BackwardPass) {
    guard let inputGradient = pass.inputGradient else { return }
    strips.join(pass.outputGradient, into: inputGradient)
  }
}
