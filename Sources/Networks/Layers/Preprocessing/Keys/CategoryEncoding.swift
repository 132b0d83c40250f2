import Kernels
public import Tensors

/// Rows of 0 and 1, or of counts, of whole numbers from 0 to `num_tokens` - 1: (N) to (num_tokens), or (...) to
/// (..., num_tokens) with `one_hot`. A second input of the same shape, Keras's `count_weights`, says how often each
/// counts.
public struct CategoryEncoding: Layer {
  public static let kerasName = "CategoryEncoding"
  private let encoder: CategoryEncoder

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    encoder = CategoryEncoder(
      try configuration.outputMode(default: .multiHot, among: [.oneHot, .multiHot, .counts]),
      depth: try configuration.countOfCategories("num_tokens"))
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    ["num_tokens": .integer(encoder.depth), "output_mode": .string(encoder.mode.rawValue)]
  }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    guard inputs.count == 1 || inputs.count == 2 && encoder.mode == .counts && inputs[0] == inputs[1] else {
      throw ShapeError(
        "takes one input, and weights of its shape with output_mode 'count', but is given \(inputs); call it so."
      )
    }
    return Signature(outputs: [try encoder.shape(of: inputs[0])])
  }

  public func forward(_ pass: borrowing ForwardPass) {
    CategoryKernels.apply(
      pass.input, boundaries: nil, weights: pass.inputs.count > 1 ? pass.inputs[1] : nil, encoder, live: pass.live,
      into: pass.output)
  }

  public func backward(_ pass: borrowing BackwardPass) { pass.clearInputGradients() }
}
