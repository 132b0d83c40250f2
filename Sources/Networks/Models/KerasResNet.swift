import Kernels
import Tensors

extension Models {
  static let kerasResNets = [
    kerasResNet("resnet50", blocks: [3, 4, 6, 3]), kerasResNet("resnet101", blocks: [3, 4, 23, 3]),
    kerasResNet("resnet152", blocks: [3, 8, 36, 3]),
  ]

  private static func kerasResNet(_ name: String, blocks: [Int]) -> NetworkDesign {
    NetworkDesign("keras:\(name)", preprocessing: .caffe) { (input, classes) throws(ShapeError) in
      try kerasResNet(name, blocks, input: input, classes: classes)
    }
  }

  /// ResNet as in `keras.applications.resnet`: the strides lie in the first 1x1 convolutions, convolutions have biases.
  /// 25,636,712 weights with 50 layers and 1000 classes.
  private static func kerasResNet(
    _ name: String, _ blocks: [Int], input: Shape, classes: Int
  ) throws(ShapeError) -> Graph {
    func normalized(
      _ filters: Int, kernel: Int = 1, strides: Int = 1, padding: Padding = .valid, _ name: String, _ x: Symbol
    ) -> Symbol {
      let y = Conv2D(filters, kernel: kernel, strides: strides, padding: padding)(x, name: "\(name)_conv")
      return BatchNormalization(axis: 3, epsilon: 1.001e-5)(y, name: "\(name)_bn")
    }
    func activated(_ x: Symbol, _ name: String) -> Symbol { Activation(.relu)(x, name: name) }

    let start = Symbol.input(input)
    var x = ZeroPadding2D(3)(start, name: "conv1_pad")
    x = activated(normalized(64, kernel: 7, strides: 2, "conv1", x), "conv1_relu")
    x = MaxPooling2D(3, strides: 2)(ZeroPadding2D(1)(x, name: "pool1_pad"), name: "pool1_pool")
    for (stage, count) in blocks.enumerated() {
      for block in 1...count {
        let (filters, place) = (64 << stage, "conv\(stage + 2)_block\(block)")
        let strides = block == 1 && stage > 0 ? 2 : 1
        let shortcut = block == 1 ? normalized(4 * filters, strides: strides, "\(place)_0", x) : x
        var y = activated(normalized(filters, strides: strides, "\(place)_1", x), "\(place)_1_relu")
        y = activated(normalized(filters, kernel: 3, padding: .same, "\(place)_2", y), "\(place)_2_relu")
        y = normalized(4 * filters, "\(place)_3", y)
        x = activated(Add()(shortcut, y, name: "\(place)_add"), "\(place)_out")
      }
    }
    x = GlobalAveragePooling2D()(x, name: "avg_pool")
    x = Dense(classes, activation: .softmax)(x, name: "predictions")
    return try Graph(name, inputs: [start], outputs: [x])
  }
}
