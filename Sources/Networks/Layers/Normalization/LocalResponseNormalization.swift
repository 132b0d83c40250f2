import Kernels
public import Tensors

/// Local response normalisation across channels (Krizhevsky, Sutskever and Hinton, 2012), as AlexNet and GoogLeNet have
/// it. Any shape to the same shape:
///
///     y_c = x_c / (bias + alpha * sum of x_k^2)^beta,  k within depth_radius of c
///
/// Keras has no such layer; the names are those of `tf.nn.local_response_normalization`, the defaults AlexNet's. Caffe
/// divides its alpha by the 2 * depth_radius + 1 channels of the sum, TensorFlow and this layer do not.
public struct LocalResponseNormalization: Layer {
  public static let kerasName = "LocalResponseNormalization"
  public let radius: Int
  public let bias: Double, alpha: Double, beta: Double

  public init(radius: Int = 2, bias: Double = 2, alpha: Double = 1e-4, beta: Double = 0.75) {
    (self.radius, self.bias, self.alpha, self.beta) = (radius, bias, alpha, beta)
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    self.init(
      radius: try configuration.integer("depth_radius", default: 2), bias: try configuration.number("bias", default: 2),
      alpha: try configuration.nonnegative("alpha", default: 1e-4),
      beta: try configuration.number("beta", default: 0.75))
    guard radius >= 0, bias > 0 else {
      throw ImportError(
        "layer '\(configuration.layerName)' (LocalResponseNormalization): depth_radius is \(radius) and bias \(bias), "
          + "but they must be at least 0 and above 0."
      )
    }
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    ["depth_radius": .integer(radius), "bias": .number(bias), "alpha": .number(alpha), "beta": .number(beta)]
  }

  private var kernel: LocalResponse {
    LocalResponse(radius: radius, bias: Float(bias), alpha: Float(alpha), beta: Float(beta))
  }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    let input = try inputs.one()
    var signature = Signature(outputs: [input])
    signature.backwardReads = .inputs
    signature.backwardAliasing = .inPlace
    signature.scratch = { _ in LocalResponse.scratchCount(channels: input.channels) }
    signature.multiplications = input.count * (2 * radius + 2)
    return signature
  }

  public func forward(_ pass: borrowing ForwardPass) { kernel.apply(pass.input, into: pass.output) }

  public func backward(_ pass: borrowing BackwardPass) {
    guard let inputGradient = pass.inputGradient else { return }
    kernel.differentiate(
      input: pass.input, gradient: pass.outputGradient, scratch: pass.scratch, into: inputGradient)
  }
}
