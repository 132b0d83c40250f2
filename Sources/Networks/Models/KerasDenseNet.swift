import Kernels
import Tensors

extension Models {
  static let kerasDenseNets = [
    kerasDenseNet("densenet121", blocks: [6, 12, 24, 16]), kerasDenseNet("densenet169", blocks: [6, 12, 32, 32]),
    kerasDenseNet("densenet201", blocks: [6, 12, 48, 32]),
  ]

  private static func kerasDenseNet(_ name: String, blocks: [Int]) -> NetworkDesign {
    NetworkDesign("keras:\(name)", preprocessing: .torch) { (input, classes) throws(ShapeError) in
      try kerasDenseNet(name, blocks, input: input, classes: classes)
    }
  }

  /// DenseNet as in `keras.applications.densenet`: 8,062,504 weights with 121 layers and 1000 classes.
  private static func kerasDenseNet(
    _ name: String, _ blocks: [Int], input: Shape, classes: Int
  ) throws(ShapeError) -> Graph {
    func activated(_ x: Symbol, _ name: String) -> Symbol {
      Activation(.relu)(BatchNormalization(axis: 3, epsilon: 1.001e-5)(x, name: "\(name)bn"), name: "\(name)relu")
    }
    func convolution(
      _ filters: Int, kernel: Int, strides: Int = 1, padding: Padding = .valid, _ name: String, _ x: Symbol
    ) -> Symbol {
      Conv2D(filters, kernel: kernel, strides: strides, padding: padding, usesBias: false)(x, name: "\(name)_conv")
    }

    let start = Symbol.input(input)
    var x = convolution(64, kernel: 7, strides: 2, "conv1", ZeroPadding2D(3)(start))
    x = MaxPooling2D(3, strides: 2)(ZeroPadding2D(1)(activated(x, "conv1_")), name: "pool1")
    var channels = 64
    for (stage, count) in blocks.enumerated() {
      if stage > 0 {
        channels /= 2
        let pool = "pool\(stage + 1)"
        x = AveragePooling2D(2, strides: 2)(
          convolution(channels, kernel: 1, pool, activated(x, "\(pool)_")), name: "\(pool)_pool")
      }
      for block in 1...count {
        let place = "conv\(stage + 2)_block\(block)"
        let narrow = activated(
          convolution(128, kernel: 1, "\(place)_1", activated(x, "\(place)_0_")), "\(place)_1_")
        x = Concatenate(axis: 3)(
          x, convolution(32, kernel: 3, padding: .same, "\(place)_2", narrow), name: "\(place)_concat")
        channels += 32
      }
    }
    x = GlobalAveragePooling2D()(activated(x, ""), name: "avg_pool")
    x = Dense(classes, activation: .softmax)(x, name: "predictions")
    return try Graph(name, inputs: [start], outputs: [x])
  }
}
