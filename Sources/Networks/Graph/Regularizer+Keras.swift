extension Regularizer {
  /// Keras's spellings, each with its factors and their values where a file does not give them.
  private static let known: [(names: Set<String>, factors: [String: Double])] = [
    (["L1", "l1"], ["l1": 0.01]), (["L2", "l2"], ["l2": 0.01]), (["L1L2", "l1l2"], ["l1": 0, "l2": 0]),
    (["l1_l2"], ["l1": 0.01, "l2": 0.01]),
  ]

  /// Reads the regularizer of a parameter such as `kernel`, under `kernel_regularizer`: `{"class_name": ..., "config":
  /// {...}}` or a name; nil where the key is absent or null.
  static func read(_ parameter: String, in configuration: LayerConfiguration) throws(ImportError) -> Regularizer? {
    let key = "\(parameter)_regularizer"
    let value = configuration.value(key)
    if value == .null { return nil }
    func refusal(_ problem: String) -> ImportError {
      ImportError("layer '\(configuration.layerName)' (\(configuration.className)): \(key) \(problem).")
    }
    // Keras 3 tells a class of the user's by the name it is registered under; its class name may be one of Keras's.
    let registered = value["registered_name"].asString.flatMap { $0.contains(">") ? $0 : nil }
    let name = value.asString ?? registered ?? value["class_name"].asString ?? value.brief
    guard var factors = known.first(where: { $0.names.contains(name) })?.factors else {
      if let foreign = configuration.foreign {
        foreign.add(key, name, in: configuration)
        return nil
      }
      throw refusal("\(name) is not supported; use L1, L2 or L1L2, or set it to null")
    }
    guard value["config"] == .null || value["config"].asObject != nil else {
      throw refusal("\(name) has the config \(value["config"].brief), but it must be an object such as {\"l2\": 0.01}")
    }
    let given = (value["config"].asObject ?? [:]).filter { $0.value != .null }
    for (factor, number) in given.sorted(by: { $0.key < $1.key }) {
      guard factors[factor] != nil else {
        let names = factors.keys.sorted().joined(separator: " and ")
        throw refusal("\(name) has '\(factor)' = \(number.brief), but knows only \(names); remove it")
      }
      guard let number = number.asNumber, number.isFinite, number >= 0 else {
        throw refusal("\(name) has \(factor) = \(number.brief), but it must be a number of 0 or more")
      }
      factors[factor] = number
    }
    return Regularizer(l1: factors["l1"] ?? 0, l2: factors["l2"] ?? 0)
  }

  /// As Keras writes it.
  var kerasConfiguration: JSONValue {
    let (name, factors): (String, [String: JSONValue]) =
      if l1 == 0 {
        ("L2", ["l2": .number(l2)])
      } else if l2 == 0 {
        ("L1", ["l1": .number(l1)])
      } else {
        ("L1L2", ["l1": .number(l1), "l2": .number(l2)])
      }
    return .object(["class_name": .string(name), "config": .object(factors)])
  }
}

extension [String: JSONValue] {
  /// With the regularizers that there are, by parameter; where there is none, nothing is written that a version of
  /// Keras might not know.
  func regularized(_ regularizers: KeyValuePairs<String, Regularizer?>) -> [String: JSONValue] {
    var values = self
    for (parameter, regularizer) in regularizers {
      values["\(parameter)_regularizer"] = regularizer?.kerasConfiguration
    }
    return values
  }
}
