extension Constraint {
  /// Reads the constraint of a parameter such as `kernel`, under `kernel_constraint`: `{"class_name": ..., "config":
  /// {...}}` or a name; nil where the key is absent or null.
  static func read(_ parameter: String, in configuration: LayerConfiguration) throws(ImportError) -> Constraint? {
    let key = "\(parameter)_constraint"
    let value = configuration.value(key)
    if value == .null { return nil }
    func refusal(_ problem: String) -> ImportError {
      ImportError("layer '\(configuration.layerName)' (\(configuration.className)): \(key) \(problem).")
    }
    let registered = value["registered_name"].asString.flatMap { $0.contains(">") ? $0 : nil }
    let name = value.asString ?? registered ?? value["class_name"].asString ?? value.brief
    let settings = LayerConfiguration(
      className: "\(configuration.className), \(key)",
      values: (value["config"].asObject ?? [:]).merging(["name": .string(configuration.layerName)]) { $1 })
    let constraint: Constraint
    switch name {
    case "MaxNorm", "max_norm", "maxnorm":
      constraint = .maximumNorm(try settings.number("max_value", default: 2), axes: try settings.axes())
    case "NonNeg", "non_neg", "nonneg": constraint = .nonNegative
    case "UnitNorm", "unit_norm", "unitnorm": constraint = .unitNorm(axes: try settings.axes())
    case "MinMaxNorm", "min_max_norm", "minmaxnorm":
      constraint = .normBetween(
        minimum: try settings.number("min_value", default: 0), maximum: try settings.number("max_value", default: 1),
        rate: try settings.number("rate", default: 1), axes: try settings.axes())
    default:
      if let foreign = configuration.foreign {
        foreign.add(key, name, in: configuration)
        return nil
      }
      throw refusal("\(name) is not supported; use MaxNorm, NonNeg, UnitNorm or MinMaxNorm, or set it to null")
    }
    try settings.checkUnreadKeys()
    return constraint
  }

  /// As Keras writes it.
  var kerasConfiguration: JSONValue {
    func axis(_ axes: [Int]) -> JSONValue { axes.count == 1 ? .integer(axes[0]) : JSONValue(axes) }
    let (name, config): (String, [String: JSONValue]) =
      switch self {
      case .maximumNorm(let maximum, let axes): ("MaxNorm", ["max_value": .number(maximum), "axis": axis(axes)])
      case .nonNegative: ("NonNeg", [:])
      case .unitNorm(let axes): ("UnitNorm", ["axis": axis(axes)])
      case .normBetween(let minimum, let maximum, let rate, let axes):
        (
          "MinMaxNorm",
          ["min_value": .number(minimum), "max_value": .number(maximum), "rate": .number(rate), "axis": axis(axes)]
        )
      }
    return .object(["class_name": .string(name), "config": .object(config)])
  }
}

extension LayerConfiguration {
  fileprivate func axes() throws(ImportError) -> [Int] { try axes("axis", default: 0) }
}
