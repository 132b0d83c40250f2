import Kernels
import Tensors

extension Models {
  static let mobileNetsV2 = [NetworkDesign("mobilenet_v2", preprocessing: .torch, graph: mobileNetV2)]

  /// MobileNetV2 (Sandler et al., "MobileNetV2: inverted residuals and linear bottlenecks", 2018, table 2), as
  /// torchvision's `mobilenet_v2`: 3,504,872 weights for 1000 classes.
  private static func mobileNetV2(input: Shape, classes: Int) throws(ShapeError) -> Graph {
    let start = Symbol.input(input)
    var x = activated(convolution(32, kernel: 3, strides: 2, start))
    var channels = 32
    for stage in mobileNetV2Stages {
      for block in 0..<stage.blocks {
        let strides = block == 0 ? stage.strides : 1
        var y = x
        if stage.expansion > 1 { y = activated(convolution(channels * stage.expansion, kernel: 1, y)) }
        y = activated(depthwise(strides: strides, y))
        y = normalized(convolution(stage.channels, kernel: 1, y))
        x = strides == 1 && channels == stage.channels ? Add()(x, y) : y
        channels = stage.channels
      }
    }
    x = GlobalAveragePooling2D()(activated(convolution(1280, kernel: 1, x)))
    x = Dense(classes, activation: .softmax, kernelInitializer: .randomNormal(mean: 0, deviation: 0.01))(
      Dropout(0.2)(x))
    return try Graph("mobilenet_v2", inputs: [start], outputs: [x])
  }

  /// Of the paper; Keras's has them too.
  static let mobileNetV2Stages: [(expansion: Int, channels: Int, blocks: Int, strides: Int)] = [
    (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1),
  ]

  private static func convolution(_ filters: Int, kernel: Int, strides: Int = 1, _ x: Symbol) -> Symbol {
    padded(kernel / 2, strides: strides, x) { padding, x in
      Conv2D(
        filters, kernel: kernel, strides: strides, padding: padding, usesBias: false,
        kernelInitializer: .heNormalFanOut)(x)
    }
  }

  private static func depthwise(strides: Int, _ x: Symbol) -> Symbol {
    padded(1, strides: strides, x) { padding, x in
      DepthwiseConv2D(
        kernel: [3, 3], strides: [strides, strides], padding: padding, usesBias: false,
        kernelInitializer: .heNormalFanOut)(x)
    }
  }

  private static func normalized(_ x: Symbol) -> Symbol { BatchNormalization(momentum: 0.9, epsilon: 1e-5)(x) }

  private static func activated(_ x: Symbol) -> Symbol { ReLU(maximum: 6)(normalized(x)) }
}
