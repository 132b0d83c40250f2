extension Initializer {
  private static let plain: [(class: String, name: String, value: Initializer)] = [
    ("Zeros", "zeros", .zeros), ("Ones", "ones", .ones), ("Zeros", "zero", .zeros), ("Ones", "one", .ones),
    ("GlorotUniform", "glorot_uniform", .glorotUniform), ("GlorotNormal", "glorot_normal", .glorotNormal),
    ("HeUniform", "he_uniform", .heUniform), ("HeNormal", "he_normal", .heNormal),
    ("LecunUniform", "lecun_uniform", .lecunUniform), ("LecunNormal", "lecun_normal", .lecunNormal),
  ]

  /// Reads `{"class_name": ..., "config": {...}}` or a name; `standard` where the key is absent.
  public init(_ key: String, in configuration: LayerConfiguration, default standard: Initializer) throws(ImportError) {
    let value = configuration.value(key)
    if value == .null {
      self = standard
      return
    }
    let registered = value["registered_name"].asString.flatMap { $0.contains(">") ? $0 : nil }
    let name = value.asString ?? registered ?? value["class_name"].asString ?? ""
    let settings = LayerConfiguration(
      className: "\(configuration.className), \(key)",
      values: (value["config"].asObject ?? [:]).merging(["name": .string(configuration.layerName)]) { $1 })
    // Keras's seed would not give Keras's numbers; axes are those of the parameter.
    for key in ["seed", "input_axes", "output_axes"] { _ = settings.value(key) }
    switch name {
    case "Constant", "constant": self = .constant(try Initializer.constant(settings))
    case "RandomNormal", "random_normal", "normal":
      self = .randomNormal(
        mean: try settings.number("mean", default: 0), deviation: try settings.number("stddev", default: 0.05))
    case "TruncatedNormal", "truncated_normal":
      self = .truncatedNormal(
        mean: try settings.number("mean", default: 0), deviation: try settings.number("stddev", default: 0.05))
    case "RandomUniform", "random_uniform", "uniform":
      self = .randomUniform(
        minimum: try settings.number("minval", default: -0.05), maximum: try settings.number("maxval", default: 0.05))
    case "VarianceScaling", "variance_scaling": self = try Initializer.varianceScaling(settings)
    case "Orthogonal", "orthogonal", "OrthogonalInitializer":
      self = .orthogonal(gain: try settings.number("gain", default: 1))
    case "Identity", "identity", "IdentityInitializer": self = .identity(gain: try settings.number("gain", default: 1))
    default:
      guard let known = Initializer.plain.first(where: { $0.class == name || $0.name == name })?.value else {
        if let foreign = configuration.foreign, !name.isEmpty {
          foreign.add(key, name, in: configuration, substitute: standard.kerasConfiguration["class_name"].asString)
          self = standard
          return
        }
        let names = Initializer.plain.map(\.name).joined(separator: ", ")
        throw ImportError(
          "layer '\(configuration.layerName)': the \(key) \(value.brief) is not supported; use one of \(names), "
            + "constant, random_normal, random_uniform, truncated_normal, variance_scaling, orthogonal, identity."
        )
      }
      self = known
    }
    try settings.checkUnreadKeys()
  }

  private static func constant(_ settings: LayerConfiguration) throws(ImportError) -> Double {
    // Keras 3 may wrap the number.
    let value = settings.value("value")
    if let wrapped = value["config"]["value"].asNumber { return wrapped }
    return try settings.number("value", default: 0)
  }

  private static func varianceScaling(_ settings: LayerConfiguration) throws(ImportError) -> Initializer {
    let scale = try settings.number("scale", default: 1)
    let mode: Fan = try settings.choice("mode", default: .input)
    // Before Keras 2.2.3 'normal' was the truncated one, as it is again.
    let isNormal = settings.value("distribution") == "normal"
    let distribution: Distribution =
      isNormal ? .truncatedNormal : try settings.choice("distribution", default: .truncatedNormal)
    switch (scale, mode, distribution) {
    case (2, .input, .truncatedNormal): return .heNormal
    case (2, .input, .uniform): return .heUniform
    case (1, .input, .truncatedNormal): return .lecunNormal
    case (1, .input, .uniform): return .lecunUniform
    case (1, .average, .truncatedNormal): return .glorotNormal
    case (1, .average, .uniform): return .glorotUniform
    case (2, .output, .untruncatedNormal): return .heNormalFanOut
    default: return .varianceScaling(scale: scale, mode: mode, distribution: distribution)
    }
  }

  /// As Keras writes it.
  public var kerasConfiguration: JSONValue {
    func object(_ name: String, _ config: [String: JSONValue]) -> JSONValue {
      .object(["class_name": .string(name), "config": .object(config)])
    }
    switch self {
    case .constant(let value): return object("Constant", ["value": .number(value)])
    case .randomNormal(let mean, let deviation):
      return object("RandomNormal", ["mean": .number(mean), "stddev": .number(deviation), "seed": .null])
    case .randomUniform(let minimum, let maximum):
      return object("RandomUniform", ["minval": .number(minimum), "maxval": .number(maximum), "seed": .null])
    case .heNormalFanOut:
      return object(
        "VarianceScaling",
        ["scale": 2.0, "mode": "fan_out", "distribution": "untruncated_normal", "seed": .null])
    case .truncatedNormal(let mean, let deviation):
      return object("TruncatedNormal", ["mean": .number(mean), "stddev": .number(deviation), "seed": .null])
    case .varianceScaling(let scale, let mode, let distribution):
      return object(
        "VarianceScaling",
        [
          "scale": .number(scale), "mode": .string(mode.rawValue), "distribution": .string(distribution.rawValue),
          "seed": .null,
        ])
    case .orthogonal(let gain): return object("Orthogonal", ["gain": .number(gain), "seed": .null])
    case .identity(let gain): return object("Identity", ["gain": .number(gain)])
    default:
      let known = Initializer.plain.first { $0.value == self }!
      return object(known.class, known.name == "zeros" || known.name == "ones" ? [:] : ["seed": .null])
    }
  }
}
