public import Networks
import Tensors

extension Graph {
  /// Reads `model_config`: a `Sequential` or functional model of any Keras version, with models inside it.
  ///
  /// Nested models are dissolved into their layers, whose names become paths (`block/conv`). A layer or model that is
  /// called several times gives as many nodes, which share its parameters. Everything must be understood: an unknown
  /// layer or key is an error.
  ///
  /// - Parameters:
  ///   - kerasVersion: the first number of the version of Keras that wrote it.
  ///   - openSizes: what sizes of inputs that the model leaves open are to be.
  public init(
    kerasModel model: JSONValue, kerasVersion: Int = 3, openSizes: OpenSizes = .refused
  ) throws(ImportError) {
    let model = kerasVersion == 1 ? try FirstVersionModel.translated(model) : model
    let entry = try ModelEntry(model, isNested: false)
    var builder = try GraphBuilder(entry, kerasVersion: kerasVersion)
    builder.openSizes = openSizes
    self = try builder.build()
  }
}
