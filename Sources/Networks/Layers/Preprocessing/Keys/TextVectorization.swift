import Kernels
public import Tensors

/// Numbers of the words or letters of a text: (1) or () texts to (output_sequence_length), 0 behind the last one, or
/// to (numbers) with another `output_mode` than `int`.
///
/// `standardize` makes lower-case letters of ASCII's upper-case ones and leaves out its punctuation; `split` takes
/// words between white space or letters; `ngrams` takes runs of them. 0 is nothing and 1 an unknown token; with other
/// modes 0 is an unknown token. Functions of the author's own are not supported.
public struct TextVectorization: Layer, TakesKeys, VocabularyLayer {
  public static let kerasName = "TextVectorization"
  private var vocabulary: Vocabulary
  private let tokens: TextTokens
  private let standardize: JSONValue, ngrams: JSONValue
  private let length: Int?
  private var numbering: KeyNumbering?
  private var encoder: CategoryEncoder?

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    let place = configuration.place
    func name(_ key: String, default standard: String) throws(ImportError) -> String? {
      guard configuration.values[key] != nil else { return standard }
      let value = configuration.value(key)
      guard value == .null || value.asString != nil else {
        throw ImportError("\(place): \(key) is a function of its author's own, which is not supported; use a name.")
      }
      return value.asString
    }
    standardize =
      try name("standardize", default: "lower_and_strip_punctuation").map { .string($0) } ?? .null
    try configuration.expect("standardize", among: ["lower_and_strip_punctuation", "lower", "strip_punctuation"])
    let standard = standardize.asString ?? ""
    let splitName = try name("split", default: "whitespace")
    try configuration.expect("split", among: ["whitespace", "character"])
    let split = splitName.flatMap(TextTokens.Split.init)
    ngrams = configuration.value("ngrams")
    let runs = ngrams.asInteger.map { $0 > 0 ? Array(1...$0) : [0] } ?? ngrams.asArray?.map { $0.asInteger ?? 0 } ?? []
    guard ngrams == .null || !runs.isEmpty && runs.allSatisfy({ (1...64).contains($0) }), runs.isEmpty || split != nil
    else {
      throw ImportError("\(place): ngrams is \(ngrams.brief); give 1 to 64, or a list of them, and a 'split'.")
    }
    tokens = TextTokens(
      lowers: standard.hasPrefix("lower"), strips: standard.hasSuffix("strip_punctuation"), split: split, runs: runs)
    try configuration.expect("encoding", among: ["utf-8"])
    try configuration.expect("ragged", among: [false])
    vocabulary = Vocabulary(mask: "", unknown: "[UNK]")
    vocabulary.mode = try configuration.outputMode(default: .integers)
    guard vocabulary.mode != .oneHot else {
      throw ImportError(
        "\(place): output_mode 'one_hot' makes a table of any length, which is not supported; use 'multi_hot'.")
    }
    let given = configuration.value("output_sequence_length")
    length = given == .null ? nil : try configuration.countOfCategories("output_sequence_length")
    try vocabulary.readTokens(configuration)
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    var values = vocabulary.kerasTokens
    values["standardize"] = standardize
    values["split"] = tokens.split.map { .string($0.rawValue) } ?? .null
    values["ngrams"] = ngrams
    values["output_sequence_length"] = length.map { .integer($0) } ?? .null
    values["encoding"] = "utf-8"
    values["ragged"] = false
    return values
  }

  func taking(_ forms: [KeyForm]) throws(ShapeError) -> any Layer {
    guard forms.allSatisfy({ $0 == .text }) else {
      throw ShapeError("takes text, but is given numbers; use an IntegerLookup for those.")
    }
    return self
  }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    try .ofKeys(inputs, .text) { (keys) throws(ShapeError) in
      guard keys.rank <= 1, tokens.split == nil || keys.count == 1 else {
        throw ShapeError("takes one text for each sample, but is given \(keys); use a layer for each.")
      }
      guard vocabulary.mode == .integers else { return [vocabulary.depth] }
      guard let length = length ?? (tokens.split == nil ? keys.count : nil) else {
        throw ShapeError("gives as many numbers as a text has tokens; set output_sequence_length.")
      }
      return [length]
    }
  }

  public func bound(to inputs: [Shape]) -> any Layer {
    var copy = self
    (copy.numbering, copy.encoder) = (vocabulary.numbering, vocabulary.encoder)
    return copy
  }

  public func forward(_ pass: borrowing ForwardPass) {
    CategoryKernels.apply(
      pass.input, .text, tokens: tokens, numbering!, encoder!, scratch: pass.scratch, live: pass.live, into: pass.output
    )
  }

  public func backward(_ pass: borrowing BackwardPass) {}

  public var isAdapted: Bool { vocabulary.tokens != nil }

  public func observe(_ input: Tensor, live: Int, into observations: inout Observations) {
    observations.count(input, .text, tokens, live: live)
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
