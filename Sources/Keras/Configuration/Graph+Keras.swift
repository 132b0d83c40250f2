public import Networks
import Tensors

extension Graph {
  /// Reads `model_config`: a `Sequential` or functional model of any Keras version, with models inside it.
  ///
  /// Nested models are dissolved into their layers, whose names become paths (`block/conv`). A layer or model that is
  /// called several times gives as many nodes, which share its parameters. Everything must be understood: an unknown layer
  /// or key is an error.
  ///
  /// - Parameters:
  ///   - kerasVersion: the first number of the version of Keras that wrote it.
  ///   - openSize: what a size of an input that the model leaves open is to be; without it such a model is refused.
  public init(kerasModel model: JSONValue, kerasVersion: Int = 3, openSize: Int? = nil) throws(ImportError) {
    let entry = try ModelEntry(model, isNested: false)
    var builder = try GraphBuilder(entry, kerasVersion: kerasVersion)
    builder.openSize = openSize
    self = try builder.build()
  }
}
