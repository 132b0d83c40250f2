public import Kernels
public import Tensors

/// An activation function applied to every element, or softmax over the channels.
///
/// Any shape to the same shape: y = f(x); backward from the output where it tells the slope, else from the input:
/// dx = dy * f'(x).
public struct Activation: Layer, ActivationEnding {
  public static let kerasName = "Activation"
  public let activation: ActivationFunction

  public init(_ activation: ActivationFunction) { self.activation = activation }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    activation = try configuration.activation()
  }

  public func kerasConfiguration() -> [String: JSONValue] { ["activation": .string(activation.kerasName)] }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature { activation.signature(of: try inputs.one()) }

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

  /// The name in Keras's configurations. Files say by their version which 'hard_sigmoid' they mean.
  public var kerasName: String { self == .hardSigmoidKeras2 ? ActivationFunction.hardSigmoid.rawValue : rawValue }

  /// Whether a layer is max(0, x) and nothing else.
  static func isRectifier(_ layer: any Layer) -> Bool { rectifierMaximum(of: layer) == .infinity }

  /// The maximum of a layer that is min(max(0, x), maximum), infinity standing for none; nil for other layers.
  static func rectifierMaximum(of layer: any Layer) -> Float? {
    switch layer {
    case let layer as ReLU: layer.maximum.map { Float($0) } ?? .infinity
    case let layer as Activation where layer.activation == .relu: .infinity
    case let layer as Activation where layer.activation == .relu6: 6
    default: nil
    }
  }
}
