import Kernels

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

  /// The activation of a layer that has one.
  func activation(_ key: String = "activation") throws(ImportError) -> ActivationFunction {
    try choice(key, default: .linear)
  }

  /// Refuses constraints and regularizers of activities, which would change training.
  func expectUnconstrained(_ parameters: [String]) throws(ImportError) {
    for parameter in parameters { try expect("\(parameter)_constraint", among: []) }
    try expect("activity_regularizer", among: [])
  }
}
