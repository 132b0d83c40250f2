import Kernels
import Tensors

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
    switch value(key).asString {
    case "hard_sigmoid" where kerasVersion < 3: return .hardSigmoidKeras2
    case "swish": return .silu
    case "hard_swish": return .hardSilu
    case let name?:
      let known = ActivationFunction.allCases.filter { $0 != .hardSigmoidKeras2 }
      if let function = known.first(where: { $0.rawValue == name }) { return function }
      let names = known.map(\.rawValue).sorted()
      throw ImportError(
        "layer '\(layerName)' (\(className)): \(key) '\(name)' is not supported; did you mean "
          + "'\(names.nearest(to: name))'? Known are \(names.joined(separator: ", ")).")
    case nil: return try choice(key, default: .linear)
    }
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
