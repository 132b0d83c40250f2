/// Settings of the author's own in a file: initializers, regularizers and constraints whose code only the author has.
/// What a model computes does not depend on them; training and first values do.
public final class ForeignSettings {
  public struct Setting: Hashable, Sendable {
    /// The layer, as the file names it.
    public let layer: String
    /// The argument, such as `kernel_regularizer`.
    public let key: String
    public let className: String
    /// What is taken in its place; nil for nothing.
    public let substitute: String?

    public var isInitializer: Bool { key.hasSuffix("_initializer") }

    /// One sentence.
    public var description: String {
      let what = "'\(layer)' has the \(key) '\(className)', whose code is not here"
      return substitute.map { "\(what): values that are drawn anew are those of \($0)." }
        ?? "\(what): training and what is written go without it."
    }
  }

  public private(set) var settings: [Setting] = []

  public init() {}

  func add(_ key: String, _ className: String, in configuration: LayerConfiguration, substitute: String? = nil) {
    let setting = Setting(
      layer: configuration.layerName, key: key, className: className, substitute: substitute)
    if !settings.contains(setting) { settings.append(setting) }
  }
}
