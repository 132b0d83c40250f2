import Kernels
import Tensors

extension Models {
  static let kerasResNetsV2 = [
    kerasResNetV2("resnet50v2", blocks: [3, 4, 6, 3]), kerasResNetV2("resnet101v2", blocks: [3, 4, 23, 3]),
    kerasResNetV2("resnet152v2", blocks: [3, 8, 36, 3]),
  ]

  private static func kerasResNetV2(_ name: String, blocks: [Int]) -> NetworkDesign {
    NetworkDesign("keras:\(name)", preprocessing: .tf) { (input, classes) throws(ShapeError) in
      try kerasResNetV2(name, blocks, input: input, classes: classes)
    }
  }

  /// ResNet V2 (He, Zhang, Ren and Sun, "Identity mappings in deep residual networks", 2016) as in
  /// `keras.applications.resnet_v2`: normalisation and ReLU in front of convolutions, and the stride of a stage in its
  /// last block. 25,613,800 weights with 50 layers and 1000 classes.
  private static func kerasResNetV2(
    _ name: String, _ blocks: [Int], input: Shape, classes: Int
  ) throws(ShapeError) -> Graph {
    func activated(_ x: Symbol, _ name: String) -> Symbol {
      Activation(.relu)(BatchNormalization(axis: 3, epsilon: 1.001e-5)(x, name: "\(name)_bn"), name: "\(name)_relu")
    }

    let start = Symbol.input(input)
    var x = Conv2D(64, kernel: 7, strides: 2)(ZeroPadding2D(3)(start, name: "conv1_pad"), name: "conv1_conv")
    x = MaxPooling2D(3, strides: 2)(ZeroPadding2D(1)(x, name: "pool1_pad"), name: "pool1_pool")
    for (stage, count) in blocks.enumerated() {
      for block in 1...count {
        let (filters, place) = (64 << stage, "conv\(stage + 2)_block\(block)")
        let strides = block == count && stage < 3 ? 2 : 1
        let start = activated(x, "\(place)_preact")
        var shortcut = x
        if block == 1 {
          shortcut = Conv2D(4 * filters, kernel: 1, strides: strides)(start, name: "\(place)_0_conv")
        } else if strides > 1 {
          shortcut = MaxPooling2D(1, strides: strides)(x)
        }
        var y = activated(Conv2D(filters, kernel: 1, usesBias: false)(start, name: "\(place)_1_conv"), "\(place)_1")
        y = ZeroPadding2D(1)(y, name: "\(place)_2_pad")
        y = Conv2D(filters, kernel: 3, strides: strides, usesBias: false)(y, name: "\(place)_2_conv")
        y = Conv2D(4 * filters, kernel: 1)(activated(y, "\(place)_2"), name: "\(place)_3_conv")
        x = Add()(shortcut, y, name: "\(place)_out")
      }
    }
    x = GlobalAveragePooling2D()(activated(x, "post"), name: "avg_pool")
    x = Dense(classes, activation: .softmax)(x, name: "predictions")
    return try Graph(name, inputs: [start], outputs: [x])
  }
}
