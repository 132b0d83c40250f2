import Kernels
import Tensors

/// Strips with the edges of their neighbours around them: (H, W, C) to (before + H + after, W, C), or along columns.
/// Made by the planner in front of layers that read cells around their own.
///
/// Backward adds the gradients of the copies to those of the cells that were copied. It does so in the gradient of the
/// output, which nobody else reads: the layers behind write a gradient of their own.
struct HaloExchange: Arranging {
  static let kerasName = "HaloExchange"
  let strips: Strips
  let halo: Strips.Halo

  func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    var signature = Signature(outputs: [strips.shape(try inputs.one(rank: 3), with: halo)])
    signature.forwardAliasing = .inside(strips.border(of: halo))
    signature.backwardAliasing = .inside(strips.border(of: halo))
    signature.overwritesOutputGradient = true
    return signature
  }

  func forward(_ pass: borrowing ForwardPass) {
    copy(pass.input, into: pass.output.inside(strips.border(of: halo), as: pass.input.shape))
    strips.write(halo, in: pass.output)
  }

  func backward(_ pass: borrowing BackwardPass) {
    guard let inputGradient = pass.inputGradient else { return }
    strips.add(halo, in: pass.outputGradient)
    copy(pass.outputGradient.inside(strips.border(of: halo), as: inputGradient.shape), into: inputGradient)
  }

  /// Copies strips that the planner could not put in their place from the start.
  private func copy(_ source: Tensor, into target: Tensor) {
    guard !source.isSameMemory(as: target) else { return }
    Elementwise.copy(source, into: target)
  }
}
