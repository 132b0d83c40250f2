import Kernels
public import Tensors

/// A layer whose kernel is divided by its largest singular value before every step of training (Miyato, Kataoka, Koyama
/// and Yoshida, "Spectral normalization for generative adversarial networks", 2018). Shapes are those of the layer
/// inside.
///
/// With the kernel as a matrix W, all axes but the last against the last, and u a state of as many numbers as the last
/// axis has, `powerIterations` times v = u W^T / |u W^T|, u = v W / |v W|; then W becomes W / (v W u^T). As in Keras 3
/// the new kernel replaces the old one, whether the layer is frozen or not, and nothing happens at inference. Where the
/// layer is called several times, each call counts.
public struct SpectralNormalization: Layer, ActivationEnding, WeightNormalizing {
  public static let kerasName = "SpectralNormalization"
  public private(set) var layer: any Layer
  public let powerIterations: Int
  /// Keras names the layer inside.
  private let innerName: String
  /// Whether it does so in this call: everywhere but in one as at inference.
  private(set) var normalizesWeights = true

  public init(_ layer: any Layer, powerIterations: Int = 1, innerName: String = "layer") {
    precondition(powerIterations > 0 && !(layer is SpectralNormalization))
    (self.layer, self.powerIterations, self.innerName) = (layer, powerIterations, innerName)
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    let inner = configuration.value("layer")
    powerIterations = try configuration.integer("power_iterations", default: 1)
    guard let className = inner["class_name"].asString, let values = inner["config"].asObject,
      className != SpectralNormalization.kerasName, powerIterations > 0
    else {
      throw ImportError(
        "layer '\(configuration.layerName)' (SpectralNormalization): needs a layer and at least one of "
          + "power_iterations; "
          + "save the model again.")
    }
    layer = try LayerRegistry.layer(
      className, values, kerasVersion: configuration.kerasVersion, foreign: configuration.foreign)
    innerName = values["name"]?.asString ?? "layer"
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    let config = layer.kerasConfiguration().merging(["name": .string(innerName)]) { $1 }
    return [
      "power_iterations": .integer(powerIterations),
      "layer": .object([
        "module": "keras.layers", "class_name": .string(layer.kerasName), "config": .object(config),
        "registered_name": .null,
      ]),
    ]
  }

  var activation: ActivationFunction { (layer as? any ActivationEnding)?.activation ?? .linear }

  var linear: SpectralNormalization {
    var copy = self
    if let ending = layer as? any ActivationEnding { copy.layer = ending.linear }
    return copy
  }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    var signature = try layer.signature(of: inputs)
    guard let kernel = signature.parameters.first, ["kernel", "embeddings"].contains(kernel.name) else {
      throw ShapeError("normalises a \(layer.kerasName), which has no kernel; put a convolution or a Dense inside.")
    }
    signature.parameters[0].isMovedByLayer = normalizesWeights
    signature.parameters.append(
      Parameter(
        "vector_u", [1, kernel.shape[kernel.shape.count - 1]], .truncatedNormal(mean: 0, deviation: 0.02),
        kind: normalizesWeights ? .moved : .frozen))
    return signature
  }

  public func bound(to inputs: [Shape]) -> any Layer {
    var copy = self
    copy.layer = layer.bound(to: inputs)
    return copy
  }

  public func atInference() -> any Layer {
    var copy = self
    copy.layer = layer.atInference()
    copy.normalizesWeights = false
    return copy
  }

  public func prepare(_ pass: borrowing PreparePass) { layer.prepare(pass) }
  public func forward(_ pass: borrowing ForwardPass) { layer.forward(pass) }
  public func backward(_ pass: borrowing BackwardPass) { layer.backward(pass) }

  /// The vector v.
  func normalizationScratch(_ parameters: [Buffer]) -> Int {
    parameters[0].count / parameters[parameters.count - 1].count
  }

  func normalizeWeights(_ parameters: [Buffer], scratch v: Buffer) {
    let (kernel, u) = (parameters[0], parameters[parameters.count - 1])
    let (rows, columns) = (v.count, u.count)
    guard (0..<kernel.count).contains(where: { kernel[$0] != 0 }) else { return }
    for _ in 0..<powerIterations {
      for row in 0..<rows {
        var sum = 0.0
        for column in 0..<columns { sum += Double(kernel[row * columns + column]) * Double(u[column]) }
        v[row] = Float(sum)
      }
      makeUnit(v)
      for column in 0..<columns { u[column] = Float(column: column, of: kernel, times: v, columns: columns) }
      makeUnit(u)
    }
    var sigma = 0.0
    for column in 0..<columns {
      sigma += Double(Float(column: column, of: kernel, times: v, columns: columns)) * Double(u[column])
    }
    for index in 0..<kernel.count { kernel[index] = Float(Double(kernel[index]) / sigma) }
  }

  private func makeUnit(_ vector: Buffer) {
    var squares = 0.0
    for index in 0..<vector.count { squares += Double(vector[index]) * Double(vector[index]) }
    let length = squares > 0 ? squares.squareRoot() : 1
    for index in 0..<vector.count { vector[index] = Float(Double(vector[index]) / length) }
  }
}

extension Float {
  /// One element of v W.
  fileprivate init(column: Int, of kernel: Buffer, times v: Buffer, columns: Int) {
    var sum = 0.0
    for row in 0..<v.count { sum += Double(v[row]) * Double(kernel[row * columns + column]) }
    self = Float(sum)
  }
}
