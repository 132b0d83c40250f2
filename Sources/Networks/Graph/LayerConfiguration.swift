import Tensors

/// The `config` of one layer as Keras writes it, read key by key.
///
/// It remembers which keys were read: what remains has not been understood and must not be dropped in silence.
public final class LayerConfiguration {
  public let className: String
  public let values: [String: JSONValue]
  /// The first number of the version of Keras that wrote it: 'hard_sigmoid' became another function with Keras 3.
  public let kerasVersion: Int
  /// Takes what only the author of a file has; nil refuses it.
  let foreign: ForeignSettings?
  /// What it describes: what error messages call it.
  private let noun: String
  /// Keys that every layer may have: `checkCommonKeys` looks at those that matter.
  private var read = bookkeeping

  private static let bookkeeping: Set<String> = [
    "name", "trainable", "dtype", "batch_input_shape", "batch_shape", "input_shape", "build_config", "shared_object_id",
  ]

  private static let floatTypes: Set = [
    "float32", "float64", "float16", "bfloat16", "mixed_float16", "mixed_bfloat16",
  ]

  public init(
    className: String, values: [String: JSONValue], kerasVersion: Int = 3, foreign: ForeignSettings? = nil,
    noun: String = "layer"
  ) {
    (self.className, self.values, self.kerasVersion, self.foreign) = (className, values, kerasVersion, foreign)
    self.noun = noun
  }

  /// The layer's name, or its class where it has none: what error messages say.
  public var layerName: String { values["name"]?.asString ?? className }

  /// What the sentence of an error begins with: `layer 'conv1' (Conv2D)`.
  public var place: String { "\(noun) '\(layerName)' (\(className))" }

  /// Keys nobody asked for whose value says something: null says nothing.
  public var unreadKeys: [String] {
    values.filter { !read.contains($0.key) && $0.value != .null }.map(\.key).sorted()
  }

  public var readKeys: Set<String> { read }

  public func value(_ key: String) -> JSONValue {
    read.insert(key)
    return values[key] ?? .null
  }

  public func integer(_ key: String, default standard: Int? = nil) throws(ImportError) -> Int {
    try required(key, value(key).asInteger, standard, "a whole number")
  }

  public func number(_ key: String, default standard: Double? = nil) throws(ImportError) -> Double {
    try required(key, value(key).asNumber, standard, "a number")
  }

  public func bool(_ key: String, default standard: Bool? = nil) throws(ImportError) -> Bool {
    try required(key, value(key).asBool, standard, "true or false")
  }

  public func string(_ key: String, default standard: String? = nil) throws(ImportError) -> String {
    try required(key, value(key).asString, standard, "a name")
  }

  /// One number for all axes, or one for each.
  public func integers(_ key: String, count: Int, default standard: Int? = nil) throws(ImportError) -> [Int] {
    let value = value(key)
    if let one = value.asInteger { return Array(repeating: one, count: count) }
    let list = value.asArray?.compactMap(\.asInteger)
    let complete = list?.count == count && value.asArray?.count == count ? list : nil
    return try required(
      key, complete, standard.map { Array(repeating: $0, count: count) }, "a whole number or a list of \(count)",
      given: value)
  }

  /// Refuses what no layer supports: numbers other than 32-bit floats, regularizers of activities.
  public func checkCommonKeys() throws(ImportError) {
    let type = values["dtype"] ?? .null
    // Keras 2 writes a name or {"class_name": "Policy", ...}, Keras 3 {"class_name": "DTypePolicy", ...}.
    let name = type.asString ?? type["config"]["name"].asString
    // Whole numbers, such as those of an Embedding, come in as floats.
    let integers = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
    let takesKeys = ["InputLayer", "StringLookup", "IntegerLookup", "TextVectorization", "Hashing", "HashedCrossing"]
    if takesKeys.contains(className), let name, integers.contains(name) || name == "string" { return }
    if ["CategoryEncoding", "Discretization"].contains(className), let name, integers.contains(name) { return }
    // What was trained in other floats runs in 32-bit ones: of the same range or more exact, except for 64-bit floats.
    guard type == .null || name.map(LayerConfiguration.floatTypes.contains) == true else {
      throw ImportError(
        "\(place): dtype \(name.map { "'\($0)'" } ?? type.brief) is not supported; convert "
          + "the model to 'float32'."
      )
    }
    if let key = unreadKeys.first(where: { $0 == "activity_regularizer" }) {
      let kind = values[key]!["class_name"].asString ?? values[key]!.brief
      throw ImportError(
        "\(place): \(key) \(kind) is not supported, and would change the training; set it "
          + "to null."
      )
    }
  }

  /// Refuses keys that nobody has read.
  public func checkUnreadKeys() throws(ImportError) {
    guard let key = unreadKeys.first else { return }
    let known = readKeys.subtracting(LayerConfiguration.bookkeeping).union(["name"]).sorted()
    let meant = FamiliarLayers.argument(for: key, among: known).map { "; did you mean '\($0)'?" }
    let hint = meant ?? known.suggestion(for: key)
    throw ImportError("\(place): '\(key)' = \(values[key]!.brief) is not an argument that is supported\(hint)")
  }

  /// Reads a key that changes nothing as long as it has one of these values.
  public func expect(_ key: String, among allowed: [JSONValue]) throws(ImportError) {
    let value = value(key)
    guard value == .null || allowed.contains(value) else {
      let advice = allowed.isEmpty ? "remove it" : "remove it or use \(allowed.map(\.brief).joined(separator: " or "))"
      throw ImportError("\(place): \(key) = \(value.brief) is not supported; \(advice).")
    }
  }

  private func required<Value>(
    _ key: String, _ found: Value?, _ standard: Value?, _ kind: String, given: JSONValue? = nil
  ) throws(ImportError) -> Value {
    if let found { return found }
    let given = given ?? value(key)
    if given == .null, let standard { return standard }
    guard given == .null else {
      throw ImportError("\(place): '\(key)' is \(given.brief), but must be \(kind).")
    }
    // What is there in its place says more than what is missing.
    let other = unreadKeys.first { FamiliarLayers.argument(for: $0, among: [key]) != nil }
    guard let other else { throw ImportError("\(place): '\(key)' is missing; add it, \(kind).") }
    throw ImportError("\(place): '\(other)' is not an argument; did you mean '\(key)'?")
  }
}

extension JSONValue {
  /// As short as an error message wants it.
  public var brief: String {
    switch self {
    case .null: "null"
    case .bool(let value): String(value)
    case .integer(let value): String(value)
    case .number(let value): String(value)
    case .string(let value): "'\(value)'"
    case .array(let value): "[" + value.prefix(8).map(\.brief).joined(separator: ", ") + "]"
    case .object(let value): "{" + value.keys.sorted().prefix(4).joined(separator: ", ") + "}"
    }
  }
}
