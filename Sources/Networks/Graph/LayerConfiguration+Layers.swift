import Tensors

extension LayerConfiguration {
  /// One of the names of an enumeration.
  public func choice<Value: RawRepresentable & CaseIterable>(
    _ key: String, default standard: Value
  ) throws(ImportError) -> Value where Value.RawValue == String {
    let given = value(key)
    guard given == .null || given.asString != nil else {
      let names = Value.allCases.map(\.rawValue).joined(separator: ", ")
      throw ImportError("\(place): \(key) is \(given.brief), but must be one of \(names).")
    }
    let name = given.asString ?? standard.rawValue
    guard let value = Value(rawValue: name) else {
      let hint = Value.allCases.map(\.rawValue).suggestion(for: name)
      throw ImportError("\(place): \(key) '\(name)' is not supported\(hint)")
    }
    return value
  }

  /// Refuses constraints and regularizers of activities, which would change training.
  func expectUnconstrained(_ parameters: [String]) throws(ImportError) {
    for parameter in parameters {
      let key = "\(parameter)_constraint"
      let constraint = value(key)
      guard constraint == .null else {
        throw ImportError(
          "\(place): \(key) \(constraint["class_name"].asString ?? constraint.brief) is not "
            + "supported, and would change the training; set it to null."
        )
      }
    }
    try expect("activity_regularizer", among: [])
  }
}
