extension Initializer {
  private static let plain: [(class: String, name: String, value: Initializer)] = [
    ("Zeros", "zeros", .zeros), ("Ones", "ones", .ones),
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
    let name = value.asString ?? value["class_name"].asString ?? ""
    let settings = value["config"]
    let known: Initializer? =
      switch name {
      case "Constant", "constant": .constant(settings["value"].asNumber ?? 0)
      case "RandomNormal", "random_normal":
        .randomNormal(mean: settings["mean"].asNumber ?? 0, deviation: settings["stddev"].asNumber ?? 0.05)
      case "RandomUniform", "random_uniform":
        .randomUniform(minimum: settings["minval"].asNumber ?? -0.05, maximum: settings["maxval"].asNumber ?? 0.05)
      case "TruncatedNormal", "truncated_normal":
        .truncatedNormal(mean: settings["mean"].asNumber ?? 0, deviation: settings["stddev"].asNumber ?? 0.05)
      case "VarianceScaling": Initializer.varianceScaling(settings)
      default: Initializer.plain.first { $0.class == name || $0.name == name }?.value
      }
    guard let known else {
      let names = Initializer.plain.map(\.name).joined(separator: ", ")
      throw ImportError("layer '\(configuration.layerName)': the \(key) \(value.brief) is not supported; use one of \(names).")
    }
    self = known
  }

  private static func varianceScaling(_ settings: JSONValue) -> Initializer? {
    switch (settings["scale"].asNumber, settings["mode"].asString, settings["distribution"].asString) {
    case (2, "fan_in", "truncated_normal"): .heNormal
    case (2, "fan_in", "uniform"): .heUniform
    case (1, "fan_in", "truncated_normal"): .lecunNormal
    case (1, "fan_in", "uniform"): .lecunUniform
    case (1, "fan_avg", "truncated_normal"): .glorotNormal
    case (1, "fan_avg", "uniform"): .glorotUniform
    case (2, "fan_out", "untruncated_normal"): .heNormalFanOut
    case (let scale?, let mode?, let distribution?):
      // Keras's older name is the truncated one.
      if scale > 0, let fan = Fan(rawValue: mode),
        let spread = Spread(rawValue: distribution == "normal" ? "truncated_normal" : distribution)
      {
        .varianceScaling(scale: scale, fan: fan, distribution: spread)
      } else {
        nil
      }
    default: nil
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
    case .truncatedNormal(let mean, let deviation):
      return object("TruncatedNormal", ["mean": .number(mean), "stddev": .number(deviation), "seed": .null])
    case .varianceScaling(let scale, let fan, let distribution):
      return object(
        "VarianceScaling",
        [
          "scale": .number(scale), "mode": .string(fan.rawValue), "distribution": .string(distribution.rawValue),
          "seed": .null,
        ])
    case .heNormalFanOut:
      return object(
        "VarianceScaling",
        ["scale": 2.0, "mode": "fan_out", "distribution": "untruncated_normal", "seed": .null])
    default:
      let known = Initializer.plain.first { $0.value == self }!
      return object(known.class, known.name == "zeros" || known.name == "ones" ? [:] : ["seed": .null])
    }
  }
}
