import Networks

/// Regularizers and constraints as Keras 1 wrote them, `{"name": CLASS, ...}`, in the form of Keras 2.
enum FirstVersionSettings {
  static func regularizer(_ value: JSONValue) -> JSONValue {
    guard let (name, given) = named(value) else { return value }
    let known: Set = ["ActivityRegularizer", "L1L2Regularizer", "WeightRegularizer"]
    return object(known.contains(name) ? "L1L2" : name, given)
  }

  static func constraint(_ value: JSONValue) -> JSONValue {
    guard let (name, given) = named(value) else { return value }
    var values = given
    for (old, new) in ["m": "max_value", "low": "min_value", "high": "max_value"] {
      if let number = values.removeValue(forKey: old) { values[new] = number }
    }
    return object(name, values)
  }

  private static func named(_ value: JSONValue) -> (String, [String: JSONValue])? {
    guard let name = value["name"].asString, value["class_name"] == .null else { return nil }
    return (name, (value.asObject ?? [:]).filter { $0.key != "name" })
  }

  private static func object(_ name: String, _ values: [String: JSONValue]) -> JSONValue {
    .object(["class_name": .string(name), "config": .object(values)])
  }
}
