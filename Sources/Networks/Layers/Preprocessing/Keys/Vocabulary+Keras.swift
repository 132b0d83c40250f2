import Kernels

extension Vocabulary {
  /// Reads what Keras writes of a lookup.
  init(keras configuration: LayerConfiguration, isOfIntegers: Bool = false) throws(ImportError) {
    self.isOfIntegers = isOfIntegers
    mode = try configuration.outputMode(default: .integers)
    unknowns = try configuration.integer("num_oov_indices", default: 1)
    mask = try Vocabulary.key("mask_token", in: configuration)
    unknown = try Vocabulary.key("oov_token", in: configuration)
    try configuration.expect("invert", among: [false])
    let method = try configuration.string("oov_method", default: "floormod")
    let salt = try configuration.salt()
    spread = isOfIntegers && method != "farmhash" ? .remainder : .hash(KeyHash(salt: salt))
    try configuration.expect("oov_method", among: ["floormod", "farmhash"])
    try configuration.expect("vocabulary_dtype", among: [isOfIntegers ? "int64" : "string"])
    try configuration.expect("encoding", among: ["utf-8"])
    guard (0...1 << 24).contains(unknowns) else {
      throw ImportError("\(configuration.place): num_oov_indices is \(unknowns), but must be 0 to 16,777,216.")
    }
    try readTokens(configuration)
  }

  /// Reads the vocabulary and its size.
  mutating func readTokens(_ configuration: LayerConfiguration) throws(ImportError) {
    if configuration.value("max_tokens") != .null { most = try configuration.countOfCategories("max_tokens") }
    isPadded = try configuration.bool("pad_to_max_tokens", default: false)
    guard !isPadded || most != nil else {
      throw ImportError("\(configuration.place): pad_to_max_tokens is true without max_tokens; give it.")
    }
    size = configuration.value("vocabulary_size").asInteger.flatMap { (0...1 << 24).contains($0) ? $0 : nil }
    _ = configuration.value("has_input_vocabulary")
    let (keys, weights) = (configuration.value("vocabulary"), configuration.value("idf_weights"))
    guard keys != .null else { return }
    let tokens = keys.asArray?.compactMap { Vocabulary.key($0) }
    guard let tokens, tokens.count == keys.asArray!.count else {
      throw ImportError("\(configuration.place): vocabulary is \(keys.brief), but must be a list of keys.")
    }
    try set(tokens, weights: (weights.asArray ?? []).compactMap { $0.asNumber.map { Float($0) } }, configuration.place)
  }

  private static func key(_ name: String, in configuration: LayerConfiguration) throws(ImportError) -> String? {
    let value = configuration.value(name)
    guard value != .null else { return nil }
    guard let key = key(value) else {
      throw ImportError("\(configuration.place): \(name) is \(value.brief), but must be a key.")
    }
    return key
  }

  private static func key(_ value: JSONValue) -> String? { value.asString ?? value.asInteger.map(String.init) }

  private func json(_ key: String?) -> JSONValue {
    guard let key else { return .null }
    return isOfIntegers ? .integer(Int(key) ?? 0) : .string(key)
  }

  /// Vocabulary, weights and sizes, as Keras reads them.
  var kerasTokens: [String: JSONValue] {
    var values: [String: JSONValue] = [
      "max_tokens": most.map { .integer($0) } ?? .null, "output_mode": .string(mode.rawValue),
      "pad_to_max_tokens": .bool(isPadded), "sparse": false,
    ]
    guard let tokens else { return values }
    let special = Array(repeating: mask, count: firstUnknown) + Array(repeating: unknown, count: unknowns)
    let isWeighted = mode == .frequencies
    values["vocabulary"] = .array((isWeighted ? special.map(json) : []) + tokens.map(json))
    values["idf_weights"] =
      isWeighted ? .array(weights.prefix(firstToken + tokens.count).map { .number(Double($0)) }) : .null
    return values
  }

  /// All of a lookup.
  var kerasConfiguration: [String: JSONValue] {
    var values = kerasTokens
    values["num_oov_indices"] = .integer(unknowns)
    values["mask_token"] = json(mask)
    values["oov_token"] = json(unknown)
    values["invert"] = false
    switch spread {
    case .remainder, .hash(.fast): values["salt"] = .null
    case .hash(.salted(let first, let second)):
      values["salt"] = .array([first, second].map { .integer(Int(Int64(bitPattern: $0))) })
    }
    if isOfIntegers, case .hash = spread { values["oov_method"] = "farmhash" }
    return values
  }
}
