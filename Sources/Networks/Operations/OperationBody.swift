/// The computation of an operation: a layer that no file names.
protocol OperationBody: Layer {}

extension OperationBody {
  static var kerasName: String { "Operation" }

  init(keras configuration: LayerConfiguration) throws(ImportError) {
    throw ImportError(
      "layer '\(configuration.layerName)': '\(configuration.className)' is part of an operation; name the operation.")
  }

  func kerasConfiguration() -> [String: JSONValue] {
    preconditionFailure("an Operation is written, not what computes it")
  }
}
