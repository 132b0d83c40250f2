import Kernels
public import Tensors

/// The product of inputs, element by element: y = x_0 * x_1 * ...; dx_i = dy times the product of the others.
///
/// Of two inputs one may have size 1 where the other has not: (1, 1, C) or (H, W, 1) with (H, W, C). It is repeated, and
/// its gradient is summed over what it was repeated for.
public struct Multiply: Layer {
  public static let kerasName = "Multiply"

  public init() {}
  public init(keras configuration: LayerConfiguration) throws(ImportError) {}
  public func kerasConfiguration() -> [String: JSONValue] { [:] }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    let largest = inputs.max { $0.count < $1.count } ?? []
    let isRepeated = inputs.count == 2 && inputs.allSatisfy { Combination.canRepeat($0, to: largest) }
    let output = isRepeated ? largest : try inputs.equal()
    var signature = Signature(outputs: [output])
    signature.backwardReads = .inputs
    signature.multiplications = output.count * (inputs.count - 1)
    return signature
  }

  public func forward(_ pass: borrowing ForwardPass) {
    let (inputs, output) = (pass.inputs, pass.output)
    Combination.apply(.product, inputs[0], inputs[1], into: output)
    for input in inputs.dropFirst(2) { Combination.apply(.product, output, input, into: output) }
  }

  public func backward(_ pass: borrowing BackwardPass) {
    let (inputs, dy) = (pass.inputs, pass.outputGradient)
    for index in inputs.indices {
      guard let gradient = pass.inputGradients[index] else { continue }
      let next = index == 0 ? 1 : 0
      if gradient.shape == dy.shape {
        Combination.apply(.product, dy, inputs[next], into: gradient)
      } else {
        Combination.sum(dy, times: inputs[next], into: gradient)
      }
      for other in inputs.indices where other != index && other != next {
        Combination.apply(.product, gradient, inputs[other], into: gradient)
      }
    }
  }
}
