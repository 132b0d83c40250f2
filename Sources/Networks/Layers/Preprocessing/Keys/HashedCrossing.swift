import Kernels
public import Tensors

/// Bins of several texts or whole numbers that belong together, by their hashes: (1) each to (1), or to (num_bins) with
/// `one_hot`.
public struct HashedCrossing: Layer, TakesKeys {
  public static let kerasName = "HashedCrossing"
  private let bins: Int
  private let mode: CategoryEncoder.Mode
  private var forms: [KeyForm] = []
  private var encoder: CategoryEncoder { CategoryEncoder(mode, depth: bins) }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    bins = try configuration.countOfCategories("num_bins")
    mode = try configuration.outputMode(default: .integers, among: [.integers, .oneHot])
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    [
      "num_bins": .integer(bins), "output_mode": .string(mode.rawValue), "sparse": false,
      "dtype": mode == .integers ? "int64" : "float32",
    ]
  }

  func taking(_ forms: [KeyForm]) throws(ShapeError) -> any Layer {
    var copy = self
    copy.forms = forms
    return copy
  }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    let forms = forms.count == inputs.count ? forms : inputs.map { _ in .number }
    let keys = zip(inputs, forms).map { $1.keys(of: $0) }
    guard inputs.count > 1, keys.allSatisfy({ $0 == keys[0] && $0.count == 1 }) else {
      throw ShapeError(
        "crosses two or more inputs of the shape (1,), but is given \(keys.map(\.description)); reshape them.")
    }
    var signature = Signature(outputs: [try encoder.shape(of: keys[0])])
    signature.scratch = { _ in zip(inputs, forms).map { CategoryKernels.scratch($0, $1) }.max()! }
    return signature
  }

  public func forward(_ pass: borrowing ForwardPass) {
    CategoryKernels.cross(
      pass.inputs, forms, bins: bins, encoder, scratch: pass.scratch, live: pass.live, into: pass.output)
  }

  public func backward(_ pass: borrowing BackwardPass) { pass.clearInputGradients() }
}
