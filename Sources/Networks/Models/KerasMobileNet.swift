import Kernels
import Tensors

extension Models {
  static let kerasMobileNets = [NetworkDesign("keras:mobilenet", preprocessing: .tf, graph: kerasMobileNet)]

  /// MobileNet (Howard et al., "MobileNets: efficient convolutional neural networks for mobile vision applications",
  /// 2017) as in `keras.applications.mobilenet`: 4,253,864 weights for 1000 classes.
  private static func kerasMobileNet(input: Shape, classes: Int) throws(ShapeError) -> Graph {
    func activated(_ x: Symbol, _ name: String) -> Symbol {
      ReLU(maximum: 6)(BatchNormalization()(x, name: "\(name)_bn"), name: "\(name)_relu")
    }

    let start = Symbol.input(input)
    var x = Conv2D(32, kernel: 3, strides: 2, padding: .same, usesBias: false)(start, name: "conv1")
    x = activated(x, "conv1")
    let widths = [64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024]
    for (block, filters) in zip(1..., widths) {
      let strides = [2, 4, 6, 12].contains(block) ? 2 : 1
      if strides > 1 { x = ZeroPadding2D(before: [0, 0], after: [1, 1])(x, name: "conv_pad_\(block)") }
      x = DepthwiseConv2D(
        kernel: [3, 3], strides: [strides, strides], padding: strides > 1 ? .valid : .same, usesBias: false)(
          x, name: "conv_dw_\(block)")
      x = activated(x, "conv_dw_\(block)")
      x = Conv2D(filters, kernel: 1, padding: .same, usesBias: false)(x, name: "conv_pw_\(block)")
      x = activated(x, "conv_pw_\(block)")
    }
    x = Dropout(0.001)(GlobalAveragePooling2D(keepDimensions: true)(x), name: "dropout")
    x = Reshape([classes])(Conv2D(classes, kernel: 1, padding: .same)(x, name: "conv_preds"), name: "reshape_2")
    x = Activation(.softmax)(x, name: "predictions")
    return try Graph("mobilenet_1.00_\(input.height)", inputs: [start], outputs: [x])
  }
}
