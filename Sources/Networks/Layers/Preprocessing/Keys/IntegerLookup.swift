import Kernels
public import Tensors

/// Numbers of whole numbers by a vocabulary: (...) to (...), or to (..., numbers) with another `output_mode` than
/// `int`.
///
/// As `StringLookup`, but unknown ones are shared out among several numbers by their remainder, or by their hash with
/// `oov_method: farmhash`.
public struct IntegerLookup: Layer, TakesKeys, VocabularyLayer {
  public static let kerasName = "IntegerLookup"
  private var vocabulary: Vocabulary
  private var form = KeyForm.number
  private var numbering: KeyNumbering?
  private var encoder: CategoryEncoder?

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    vocabulary = try Vocabulary(keras: configuration, isOfIntegers: true)
    if configuration.values["oov_token"] == nil { vocabulary.unknown = "-1" }
  }

  public func kerasConfiguration() -> [String: JSONValue] { vocabulary.kerasConfiguration }

  func taking(_ forms: [KeyForm]) throws(ShapeError) -> any Layer {
    guard !forms.contains(.text) else {
      throw ShapeError("takes whole numbers, but is given text; use a StringLookup for that.")
    }
    var copy = self
    copy.form = forms.first ?? .number
    return copy
  }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    try .ofKeys(inputs, form) { (keys) throws(ShapeError) in try vocabulary.encoder.shape(of: keys) }
  }

  public func bound(to inputs: [Shape]) -> any Layer {
    var copy = self
    (copy.numbering, copy.encoder) = (vocabulary.numbering, vocabulary.encoder)
    return copy
  }

  public func forward(_ pass: borrowing ForwardPass) {
    CategoryKernels.apply(
      pass.input, form, numbering!, encoder!, scratch: pass.scratch, live: pass.live, into: pass.output)
  }

  public func backward(_ pass: borrowing BackwardPass) { pass.clearInputGradients() }

  public var isAdapted: Bool { vocabulary.tokens != nil }

  public func observe(_ input: Tensor, live: Int, into observations: inout Observations) {
    observations.count(input, form, live: live)
  }

  public func adapted(to observations: Observations) throws(ShapeError) -> any AdaptiveLayer {
    var copy = self
    copy.vocabulary.set(observations.keys)
    return copy
  }

  public func with(vocabulary keys: [String], weights: [Float], _ place: String) throws(ImportError) -> any Layer {
    var copy = self
    try copy.vocabulary.set(keys, weights: weights, place)
    return copy
  }

  public var vocabularySize: Int { vocabulary.tokens?.count ?? 0 }
  public var size: Int? { vocabulary.size }
  public var frequencyWeights: [Float]? { vocabulary.mode == .frequencies ? vocabulary.encoderWeights : nil }
}
