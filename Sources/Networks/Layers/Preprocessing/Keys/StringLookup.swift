import Kernels
public import Tensors

/// Numbers of texts by a vocabulary: (...) texts to (...), or to (..., numbers) with another `output_mode` than `int`.
///
/// With `mask_token` and `int` the mask is 0; then come `num_oov_indices` numbers for unknown texts, then the
/// vocabulary. NaN, which ends training with a message, where a text is unknown and `num_oov_indices` is 0. `adapt`
/// takes the vocabulary from the training data.
public struct StringLookup: Layer, TakesKeys, VocabularyLayer {
  public static let kerasName = "StringLookup"
  private var vocabulary: Vocabulary
  private var numbering: KeyNumbering?
  private var encoder: CategoryEncoder?

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    vocabulary = try Vocabulary(keras: configuration)
    if configuration.values["oov_token"] == nil { vocabulary.unknown = "[UNK]" }
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    var values = vocabulary.kerasConfiguration
    values["encoding"] = "utf-8"
    return values
  }

  func taking(_ forms: [KeyForm]) throws(ShapeError) -> any Layer {
    guard forms.allSatisfy({ $0 == .text }) else {
      throw ShapeError("takes text, but is given numbers; use an IntegerLookup for those.")
    }
    return self
  }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    try .ofKeys(inputs, .text) { (keys) throws(ShapeError) in try vocabulary.encoder.shape(of: keys) }
  }

  public func bound(to inputs: [Shape]) -> any Layer {
    var copy = self
    (copy.numbering, copy.encoder) = (vocabulary.numbering, vocabulary.encoder)
    return copy
  }

  public func forward(_ pass: borrowing ForwardPass) {
    CategoryKernels.apply(
      pass.input, .text, numbering!, encoder!, scratch: pass.scratch, live: pass.live, into: pass.output)
  }

  public func backward(_ pass: borrowing BackwardPass) {}

  public var isAdapted: Bool { vocabulary.tokens != nil }

  public func observe(_ input: Tensor, live: Int, into observations: inout Observations) {
    observations.count(input, .text, live: live)
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
