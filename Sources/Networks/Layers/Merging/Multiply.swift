import Kernels
public import Tensors

/// The product of inputs, element by element: y = x_0 * x_1 * ...; dx_i = dy times the product of the others.
///
/// An input may have size 1 where others have more, as (1, 1, C) or (H, W, 1) beside (H, W, C), or lack leading axes.
/// It is repeated, and its gradient is summed over what it was repeated for.
public struct Multiply: Layer {
  public static let kerasName = "Multiply"

  public init() {}
  public init(keras configuration: LayerConfiguration) throws(ImportError) {}
  public func kerasConfiguration() -> [String: JSONValue] { [:] }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    var signature = try Merging.signature(of: inputs)
    // Two factors need none: the sum of their products is taken in one pass.
    if inputs.count == 2 {
      signature.scratch = { _ in 0 }
      signature.isChannelwise = true
    }
    signature.backwardReads = .inputs
    signature.multiplications = signature.outputs[0].count * (inputs.count - 1)
    return signature
  }

  public func forward(_ pass: borrowing ForwardPass) { Merging.forward(.product, pass) }

  public func backward(_ pass: borrowing BackwardPass) {
    let (inputs, dy) = (pass.inputs, pass.outputGradient)
    for index in inputs.indices {
      guard let gradient = pass.inputGradients[index] else { continue }
      let next = index == 0 ? 1 : 0
      if inputs.count == 2, gradient.shape != dy.shape {
        Combination.sum(dy, times: inputs[next], into: gradient)
        continue
      }
      Merging.write(gradient, pass) { whole in
        Combination.apply(.product, dy, inputs[next], into: whole)
        for other in inputs.indices where other != index && other != next {
          Combination.apply(.product, whole, inputs[other], into: whole)
        }
      }
    }
  }
}
