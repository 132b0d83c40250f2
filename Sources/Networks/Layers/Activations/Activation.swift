public import Kernels
public import Tensors

/// An activation function applied to every element, or softmax over the channels.
///
/// Any shape to the same shape, but for 'glu', which leaves half of the channels: y = f(x); backward from the output
/// where it tells the slope, else from the input: dx = dy * f'(x).
public struct Activation: Layer, ActivationEnding {
  public static let kerasName = "Activation"
  public let activation: ActivationFunction

  public init(_ activation: ActivationFunction) { self.activation = activation }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    activation = try configuration.activation()
  }

  public func kerasConfiguration() -> [String: JSONValue] { ["activation": activation.kerasConfiguration] }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    let input = try inputs.one()
    var signature = activation.signature(of: input)
    if activation == .glu {
      signature.outputs = [try activation.output(of: input)]
      (signature.forwardAliasing, signature.backwardAliasing) = (.separate, .separate)
    }
    return signature
  }

  public func forward(_ pass: borrowing ForwardPass) { activation.forward(pass) }
  public func backward(_ pass: borrowing BackwardPass) { activation.backward(pass) }

  var linear: Activation { Activation(.linear) }
}

extension ActivationFunction {
  /// What every layer that is an activation has in common.
  func signature(of input: Shape) -> Signature {
    var signature = Signature(outputs: [input])
    signature.backwardReads = self == .linear ? [] : needsInput ? .inputs : .outputs
    signature.forwardAliasing = self == .linear ? .view : .inPlace
    signature.backwardAliasing = self == .linear ? .view : .inPlace
    signature.isChannelwise = isElementwise
    return signature
  }

  func forward(_ pass: borrowing ForwardPass) { apply(pass.input, into: pass.output) }

  func backward(_ pass: borrowing BackwardPass) {
    guard let inputGradient = pass.inputGradient else { return }
    if needsInput {
      differentiate(input: pass.input, gradient: pass.outputGradient, into: inputGradient)
    } else {
      differentiate(output: pass.output, gradient: pass.outputGradient, into: inputGradient)
    }
  }

  /// What the function makes of a shape.
  func output(of shape: Shape) throws(ShapeError) -> Shape {
    guard self == .glu else { return shape }
    guard shape.channels % 2 == 0 else {
      throw ShapeError(
        "has the activation 'glu', which halves the channels, but \(shape.channels) is odd; give it an even number.")
    }
    return Shape(shape.dimensions.dropLast() + [shape.channels / 2])
  }

  /// The name in Keras's configurations. Files say by their version which 'hard_sigmoid' they mean.
  public var kerasName: String { self == .hardSigmoidKeras2 ? ActivationFunction.hardSigmoid.name : name }

  /// Whether a layer is max(0, x) and nothing else.
  static func isRectifier(_ layer: any Layer) -> Bool { rectifierMaximum(of: layer) == .infinity }

  /// The maximum of a layer that is min(max(0, x), maximum), infinity standing for none; nil for other layers.
  static func rectifierMaximum(of layer: any Layer) -> Float? {
    switch layer {
    case let layer as ReLU where layer.slope == 0 && layer.threshold == 0: layer.maximum.map { Float($0) } ?? .infinity
    case let layer as Activation where layer.activation == .relu: .infinity
    case let layer as Activation where layer.activation == .relu6: 6
    default: nil
    }
  }
}
