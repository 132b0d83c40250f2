import Kernels
public import Tensors

/// Learned vectors for whole numbers from 0 to `inputs` - 1: (...) to (..., outputs), inputs of up to three axes.
///
/// The numbers come as floats, whose fractions are cut off; one that is out of range gives NaN, which ends training
/// with a message. Backward adds the gradient of each vector to its row; the numbers have no gradient. `masksZero` is
/// kept for Keras; masks are not passed on.
public struct Embedding: Layer {
  public static let kerasName = "Embedding"
  public let inputs: Int, outputs: Int
  public let embeddings: ParameterSettings
  public let masksZero: Bool

  public init(_ inputs: Int, _ outputs: Int) {
    (self.inputs, self.outputs, masksZero) = (inputs, outputs, false)
    embeddings = ParameterSettings(.randomUniform(minimum: -0.05, maximum: 0.05))
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    inputs = try configuration.integer("input_dim")
    outputs = try configuration.integer("output_dim")
    embeddings = try ParameterSettings(
      "embeddings", in: configuration, default: .randomUniform(minimum: -0.05, maximum: 0.05))
    masksZero = try configuration.bool("mask_zero", default: false)
    guard inputs > 0, outputs > 0 else {
      throw ImportError(
        "layer '\(configuration.layerName)' (Embedding): has \(inputs) vectors of \(outputs) elements; give it at "
          + "least one of each."
      )
    }
    // Says what the shape of the input says.
    _ = configuration.value("input_length")
    for key in ["lora_rank", "lora_alpha", "quantization_config", "activity_regularizer"] {
      try configuration.expect(key, among: [])
    }
    try configuration.expect("sparse", among: [false])
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    ["input_dim": .integer(inputs), "output_dim": .integer(outputs), "mask_zero": .bool(masksZero)]
      .describing(["embeddings": embeddings])
  }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    let input = try inputs.one()
    guard input.rank < 4 else {
      throw ShapeError("adds an axis to the four of \(input), but at most four are supported; reshape the input.")
    }
    var signature = Signature(outputs: [Shape(input.dimensions + [outputs])])
    signature.parameters = [Parameter("embeddings", [self.inputs, outputs], embeddings)]
    signature.backwardReads = .inputs
    return signature
  }

  public func forward(_ pass: borrowing ForwardPass) {
    EmbeddingTable.apply(pass.input, table: pass.parameters[0], live: pass.live, into: pass.output)
  }

  public func backward(_ pass: borrowing BackwardPass) {
    EmbeddingTable.differentiate(
      pass.input, gradient: pass.outputGradient, live: pass.live, into: pass.parameterGradient(0))
    if let inputGradient = pass.inputGradient { Elementwise.clear(inputGradient) }
  }
}
