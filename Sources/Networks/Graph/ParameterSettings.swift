/// Settings of a trainable variable in Keras: `kernel_initializer`, `kernel_regularizer`, `kernel_constraint`.
public struct ParameterSettings: Hashable, Sendable {
  public var initializer: Initializer
  public var regularizer: Regularizer?
  public var constraint: Constraint?

  public init(_ initializer: Initializer, regularizer: Regularizer? = nil, constraint: Constraint? = nil) {
    (self.initializer, self.regularizer, self.constraint) = (initializer, regularizer, constraint)
  }

  /// - Parameter name: of the variable, such as `kernel`.
  init(
    _ name: String, in configuration: LayerConfiguration, default standard: Initializer
  ) throws(ImportError) {
    initializer = try Initializer("\(name)_initializer", in: configuration, default: standard)
    regularizer = try Regularizer.read(name, in: configuration)
    constraint = try Constraint.read(name, in: configuration)
  }
}

extension [String: JSONValue] {
  /// With the settings of variables, by name. Of regularizers and constraints only those that there are: a version of
  /// Keras might not know the key.
  func describing(_ parameters: KeyValuePairs<String, ParameterSettings>) -> [String: JSONValue] {
    var values = self
    for (name, settings) in parameters {
      values["\(name)_initializer"] = settings.initializer.kerasConfiguration
      values["\(name)_regularizer"] = settings.regularizer?.kerasConfiguration
      values["\(name)_constraint"] = settings.constraint?.kerasConfiguration
    }
    return values
  }
}
