import Kernels
public import Tensors

/// Bins of texts or whole numbers by their hashes: (...) to (...), or to (..., num_bins) with another `output_mode`
/// than `int`. `mask_value` is bin 0, in which then nothing else is.
public struct Hashing: Layer, TakesKeys {
  public static let kerasName = "Hashing"
  private let bins: Int
  private let salt: [Int]?
  private let mask: JSONValue
  private let mode: CategoryEncoder.Mode
  private var form = KeyForm.number
  private var numbering: KeyNumbering?
  private var encoder: CategoryEncoder { CategoryEncoder(mode, depth: bins) }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    bins = try configuration.countOfCategories("num_bins")
    salt = try configuration.salt()
    mask = configuration.value("mask_value")
    mode = try configuration.outputMode(default: .integers, among: [.integers, .oneHot, .multiHot, .counts])
    guard mask == .null || mask.asString != nil || mask.asInteger != nil else {
      throw ImportError("\(configuration.place): mask_value is \(mask.brief), but must be a text or a whole number.")
    }
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    [
      "num_bins": .integer(bins), "salt": salt.map { .array($0.map { .integer($0) }) } ?? .null, "mask_value": mask,
      "output_mode": .string(mode.rawValue), "sparse": false, "dtype": mode == .integers ? "int64" : "float32",
    ]
  }

  func taking(_ forms: [KeyForm]) throws(ShapeError) -> any Layer {
    var copy = self
    copy.form = forms.first ?? .number
    return copy
  }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    try .ofKeys(inputs, form) { (keys) throws(ShapeError) in try encoder.shape(of: keys) }
  }

  public func bound(to inputs: [Shape]) -> any Layer {
    var copy = self
    let text = mask.asString ?? mask.asInteger.map(String.init)
    copy.numbering = .hashing(KeyHashing(bins: bins, hash: KeyHash(salt: salt), mask: text.map { Array($0.utf8) }))
    return copy
  }

  public func forward(_ pass: borrowing ForwardPass) {
    CategoryKernels.apply(
      pass.input, form, numbering!, encoder, scratch: pass.scratch, live: pass.live, into: pass.output)
  }

  public func backward(_ pass: borrowing BackwardPass) { pass.clearInputGradients() }
}
