import Kernels
import Tensors

/// The effect of a layer on the places of a map (H, W, C).
extension Graph.Node {
  private static let local: Set = [
    "Conv2D", "DepthwiseConv2D", "SeparableConv2D", "MaxPooling2D", "AveragePooling2D", "ZeroPadding2D", "Cropping2D",
  ]
  private static let elementwise: Set = [
    "Activation", "ReLU", "LeakyReLU", "ELU", "ThresholdedReLU", "Dropout", "GaussianDropout", "GaussianNoise",
    "AlphaDropout", "Identity", "ActivityRegularization", "Rescaling",
  ]
  private static let merging: Set = ["Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"]
  private static let alongChannels: Set = [
    "BatchNormalization", "LayerNormalization", "RMSNormalization", "UnitNormalization", "Softmax", "PReLU",
    "Concatenate", "Normalization", "Dense", "LocalResponseNormalization", "CustomScaleLayer", "LayerScale",
    "SpatialDropout2D", "StochasticDepth",
  ]

  /// Whether every value of the output follows from the value at the same place and channel alone.
  var isElementwise: Bool {
    guard Graph.Node.elementwise.contains(layer.kerasName) else { return false }
    return ![.softmax, .logSoftmax, .sparsemax, .glu].contains((layer as? Activation)?.activation)
  }

  /// Whether every place of the output follows from the same places of the inputs, or those around them, in the same
  /// way.
  func treatsPlacesAlike(of inputs: [Shape]) -> Bool {
    let name = layer.kerasName
    let values = layer.kerasConfiguration()
    if Graph.Node.local.contains(name) || Graph.Node.elementwise.contains(name) { return true }
    if Graph.Node.merging.contains(name) { return Set(inputs).count == 1 }
    if let operation = layer as? Operation {
      // A number, the same everywhere.
      return ["add", "subtract", "multiply", "divide", "true_divide"].contains(operation.name) && inputs.count == 1
        && operation.arguments["constant"].map { $0.asArray == nil } ?? false
    }
    guard Graph.Node.alongChannels.contains(name) else { return false }
    let axes = values["axis"].map { $0.asArray ?? [$0] } ?? []
    let areChannels = axes.allSatisfy { $0.asInteger == -1 || $0.asInteger == inputs[0].rank }
    let isShared = signature.parameters.allSatisfy { $0.count <= 1 || $0.shape.dropLast().allSatisfy { $0 == 1 } }
    return areChannels && (isShared || name == "Dense")
  }

  /// Whether it adds zeros around a map, or pools as if there were cells around it.
  var addsZeros: Bool {
    if layer is ZeroPadding2D { return true }
    let values = layer.kerasConfiguration()
    let cells = (values["kernel_size"] ?? values["pool_size"])?.asArray?.compactMap(\.asInteger) ?? []
    return values["padding"]?.asString == "same" && cells.contains { $0 > 1 }
  }

  /// Whether it makes one row of a map of that shape.
  func isFlattening(_ shape: Shape) -> Bool {
    switch layer {
    case let layer as Flatten: !layer.movesFirstAxis
    case is Reshape: signature.outputs[0].rank == 1 && signature.outputs[0].count == shape.count
    default: false
    }
  }
}

extension Layer {
  /// Cells from one window to the next, downwards and to the right.
  var steps: [Int] {
    guard let sizes = kerasConfiguration()["strides"]?.asArray?.compactMap(\.asInteger), sizes.count == 2 else {
      return [1, 1]
    }
    return sizes
  }

  /// The same layer where the only axis of its input has become the last of several.
  var alongChannels: any Layer {
    var values = kerasConfiguration()
    guard let axis = values["axis"] else { return self }
    values["axis"] = axis.asArray == nil ? -1 : [-1]
    return (try? LayerRegistry.layer(kerasName, values)) ?? self
  }
}
