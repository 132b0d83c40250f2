import Kernels
import Tensors

extension Models {
  static let kerasMobileNetsV2 = [NetworkDesign("keras:mobilenetv2", preprocessing: .tf, graph: kerasMobileNetV2)]

  /// MobileNetV2 as in `keras.applications.mobilenet_v2`: 3,538,984 weights for 1000 classes.
  private static func kerasMobileNetV2(input: Shape, classes: Int) throws(ShapeError) -> Graph {
    func normalized(_ x: Symbol, _ name: String) -> Symbol { BatchNormalization(momentum: 0.999)(x, name: name) }
    func projected(_ filters: Int, _ name: String, _ x: Symbol) -> Symbol {
      Conv2D(filters, kernel: 1, padding: .same, usesBias: false)(x, name: name)
    }

    let start = Symbol.input(input)
    var x = Conv2D(32, kernel: 3, strides: 2, padding: .same, usesBias: false)(start, name: "Conv1")
    x = ReLU(maximum: 6)(normalized(x, "bn_Conv1"), name: "Conv1_relu")
    var (channels, block) = (32, 0)
    for stage in mobileNetV2Stages {
      for repetition in 0..<stage.blocks {
        let strides = repetition == 0 ? stage.strides : 1
        let prefix = block == 0 ? "expanded_conv_" : "block_\(block)_"
        var y = x
        if block > 0 {
          y = normalized(projected(channels * stage.expansion, "\(prefix)expand", y), "\(prefix)expand_BN")
          y = ReLU(maximum: 6)(y, name: "\(prefix)expand_relu")
        }
        if strides == 2 { y = correctlyPadded(kernel: 3, y, name: "\(prefix)pad") }
        y = DepthwiseConv2D(
          kernel: [3, 3], strides: [strides, strides], padding: strides == 1 ? .same : .valid, usesBias: false)(
            y, name: "\(prefix)depthwise")
        y = ReLU(maximum: 6)(normalized(y, "\(prefix)depthwise_BN"), name: "\(prefix)depthwise_relu")
        y = normalized(projected(stage.channels, "\(prefix)project", y), "\(prefix)project_BN")
        x = strides == 1 && channels == stage.channels ? Add()(x, y, name: "\(prefix)add") : y
        (channels, block) = (stage.channels, block + 1)
      }
    }
    x = normalized(Conv2D(1280, kernel: 1, usesBias: false)(x, name: "Conv_1"), "Conv_1_bn")
    x = GlobalAveragePooling2D()(ReLU(maximum: 6)(x, name: "out_relu"))
    x = Dense(classes, activation: .softmax)(x, name: "predictions")
    return try Graph("mobilenetv2_1.00_\(input.height)", inputs: [start], outputs: [x])
  }
}
