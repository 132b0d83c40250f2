import Kernels
import Tensors

extension Models {
  static let denseNets = [
    denseNet("densenet121", blocks: [6, 12, 24, 16]), denseNet("densenet169", blocks: [6, 12, 32, 32]),
    denseNet("densenet201", blocks: [6, 12, 48, 32]),
  ]

  private static func denseNet(_ name: String, blocks: [Int]) -> NetworkDesign {
    NetworkDesign(name, preprocessing: .torch) { (input, classes) throws(ShapeError) in
      try denseNet(name, blocks, input: input, classes: classes)
    }
  }

  /// DenseNet (Huang, Liu, van der Maaten and Weinberger, "Densely connected convolutional networks", 2017, table 1),
  /// as torchvision builds it: `densenet121` has 7,978,856 weights for 1000 classes.
  private static func denseNet(
    _ name: String, _ blocks: [Int], input: Shape, classes: Int
  ) throws(ShapeError) -> Graph {
    let growth = 32
    let start = Symbol.input(input)
    var x = activated(convolution(64, kernel: 7, strides: 2, start))
    x = MaxPooling2D(3, strides: 2)(ZeroPadding2D()(x))
    var channels = 64
    for (stage, layers) in blocks.enumerated() {
      if stage > 0 {
        channels /= 2
        x = AveragePooling2D()(convolution(channels, kernel: 1, activated(x)))
      }
      for _ in 0..<layers {
        let narrow = convolution(4 * growth, kernel: 1, activated(x))
        x = Concatenate()(x, convolution(growth, kernel: 3, activated(narrow)))
        channels += growth
      }
    }
    x = Dense(classes, activation: .softmax)(GlobalAveragePooling2D()(activated(x)))
    return try Graph(name, inputs: [start], outputs: [x])
  }

  private static func convolution(_ filters: Int, kernel: Int, strides: Int = 1, _ x: Symbol) -> Symbol {
    padded(kernel / 2, strides: strides, x) { padding, x in
      Conv2D(
        filters, kernel: kernel, strides: strides, padding: padding, usesBias: false, kernelInitializer: .heNormal)(x)
    }
  }

  private static func activated(_ x: Symbol) -> Symbol {
    ReLU()(BatchNormalization(momentum: 0.9, epsilon: 1e-5)(x))
  }
}
