public import Kernels
import Tensors

extension ActivationFunction {
  /// As Keras writes it: a name, or a layer for a function with parameters.
  public var kerasConfiguration: JSONValue {
    guard case .function(let function) = self else { return .string(kerasName) }
    let layer: any Layer
    switch function {
    case .leakyReLU(let slope): layer = LeakyReLU(Double(slope))
    case .elu(let alpha): layer = ELU(Double(alpha))
    case .thresholdedReLU(let threshold): layer = ThresholdedReLU(Double(threshold))
    case .rectifier(let slope, let threshold, let maximum):
      layer = ReLU(
        maximum: maximum.isFinite ? Double(maximum) : nil, slope: Double(slope), threshold: Double(threshold))
    case .clip(_, _, _, let high): layer = ReLU(maximum: Double(high))
    default:
      // Keras has it as an operation only.
      return .object(["class_name": "Gelu", "config": .object(["approximate": true])])
    }
    // Without the module Keras 3 looks for a function of this name.
    return .object([
      "module": "keras.layers", "class_name": .string(layer.kerasName), "config": .object(layer.kerasConfiguration()),
      "registered_name": .null,
    ])
  }

  /// The function that a layer is; nil for layers that are none, or that have weights.
  init?(_ layer: any Layer) {
    switch layer {
    case let layer as Activation: self = layer.activation
    case let layer as LeakyReLU: self = .function(.leakyReLU(slope: Float(layer.slope)))
    case let layer as ELU: self = .function(.elu(alpha: Float(layer.alpha)))
    case let layer as ThresholdedReLU: self = .function(.thresholdedReLU(threshold: Float(layer.theta)))
    case let layer as ReLU:
      self = layer.maximum == nil && layer.slope == 0 && layer.threshold == 0 ? .relu : .function(layer.function)
    case let layer as Softmax where layer.axes == [-1]: self = .softmax
    default: return nil
    }
  }
}

extension LayerConfiguration {
  /// The activation of a layer that has one: a name, a function of Keras's, or a layer without weights.
  func activation(_ key: String = "activation") throws(ImportError) -> ActivationFunction {
    let value = value(key)
    let function: ActivationFunction
    if let className = value["class_name"].asString {
      switch className {
      case "function": function = try activation(named: value["config"].asString ?? value["config"].brief, key)
      case "Gelu":
        function = value["config"]["approximate"].asBool == false ? .gelu : .function(.geluTanh)
      default:
        let config = (value["config"].asObject ?? [:]).merging(["name": .string(layerName)]) { $1 }
        guard let found = ActivationFunction(try LayerRegistry.layer(className, config, kerasVersion: kerasVersion))
        else {
          throw ImportError(
            "layer '\(layerName)' (\(self.className)): \(key) is a layer of class '\(className)', which is no function "
              + "of its input alone; make it a layer behind this one."
          )
        }
        function = found
      }
    } else if let name = value.asString {
      function = try activation(named: name, key)
    } else {
      guard value == .null else {
        throw ImportError("layer '\(layerName)' (\(className)): '\(key)' is \(value.brief), but must be a name.")
      }
      function = .linear
    }
    guard function != .glu || ["Activation", "Dense"].contains(className) else {
      throw ImportError(
        "layer '\(layerName)' (\(className)): \(key) 'glu' is not supported here; put an Activation behind the layer.")
    }
    return function
  }

  private func activation(named name: String, _ key: String) throws(ImportError) -> ActivationFunction {
    switch name {
    case "hard_sigmoid" where kerasVersion < 3: return .hardSigmoidKeras2
    case "swish": return .silu
    case "hard_swish": return .hardSilu
    default:
      let known = ActivationFunction.allCases.filter { $0 != .hardSigmoidKeras2 }
      if let function = known.first(where: { $0.name == name }) { return function }
      let names = known.map(\.name).sorted()
      throw ImportError(
        "layer '\(layerName)' (\(className)): \(key) '\(name)' is not supported"
          + names.suggestion(for: name, reference: "docs/keras-support.md lists the activations"))
    }
  }
}
