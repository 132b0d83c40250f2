extension LayerConfiguration {
  /// One of the names of an enumeration.
  public func choice<Value: RawRepresentable & CaseIterable>(
    _ key: String, default standard: Value
  ) throws(ImportError) -> Value where Value.RawValue == String {
    let name = try string(key, default: standard.rawValue)
    guard let value = Value(rawValue: name) else {
      let names = Value.allCases.map(\.rawValue).joined(separator: ", ")
      throw ImportError("layer '\(layerName)' (\(className)): \(key) '\(name)' is not supported; use one of \(names).")
    }
    return value
  }

  /// Refuses constraints and regularizers of activities, which would change training.
  func expectUnconstrained(_ parameters: [String]) throws(ImportError) {
    for parameter in parameters {
      let key = "\(parameter)_constraint"
      let constraint = value(key)
      guard constraint == .null else {
        throw ImportError("layer '\(layerName)' (\(className)): \(key) \(constraint["class_name"].asString ?? constraint.brief) is not supported, and would change the training; set it to null.")
      }
    }
    try expect("activity_regularizer", among: [])
  }
}
