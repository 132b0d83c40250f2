public import Networks

extension Graph {
  /// The architecture as `model_config`, in the style of `kerasDialect`.
  public var kerasModel: JSONValue { kerasModel(kerasDialect) }

  /// The architecture as `model_config`, with the models inside it as they were.
  public func kerasModel(_ dialect: KerasDialect) -> JSONValue {
    let writer = ConfigurationWriter(graph: self, outlines: ModelOutline.all(of: self), dialect: dialect)
    return .object(writer.model(writer.outlines[writer.outlines.count - 1]))
  }
}
