import Kernels
import Tensors

extension Models {
  /// The residual networks for ImageNet (He, Zhang, Ren and Sun, "Deep residual learning for image recognition", 2016,
  /// table 1) as torchvision builds them: the strides of bottlenecks lie in their 3x3 convolutions, and padding is
  /// symmetric. `resnet50` has 25,557,032 weights for 1000 classes.
  static func resNet(_ name: String, input: Shape, classes: Int) throws(ShapeError) -> Graph? {
    guard let design = ResNetDesign.all[name] else { return nil }
    let start = Symbol.input(input)
    var x = ReLU()(normalized(convolution(64, kernel: 7, strides: 2, start)))
    x = MaxPooling2D(3, strides: 2)(ZeroPadding2D()(x))
    for (stage, blocks) in design.blocks.enumerated() {
      for block in 0..<blocks {
        let (width, strides) = (64 << stage, stage > 0 && block == 0 ? 2 : 1)
        let changes = block == 0 && (strides > 1 || design.expansion > 1)
        let residual = design.expansion == 1 ? basic(width, strides, x) : bottleneck(width, strides, x)
        let shortcut =
          changes ? normalized(convolution(width * design.expansion, kernel: 1, strides: strides, x)) : x
        x = ReLU()(Add()(residual, shortcut))
      }
    }
    x = Dense(classes, activation: .softmax)(GlobalAveragePooling2D()(x))
    return try Graph(name, inputs: [start], outputs: [x])
  }

  private static func basic(_ width: Int, _ strides: Int, _ x: Symbol) -> Symbol {
    let inner = ReLU()(normalized(convolution(width, kernel: 3, strides: strides, x)))
    return normalized(convolution(width, kernel: 3, inner))
  }

  private static func bottleneck(_ width: Int, _ strides: Int, _ x: Symbol) -> Symbol {
    let narrow = ReLU()(normalized(convolution(width, kernel: 1, x)))
    let inner = ReLU()(normalized(convolution(width, kernel: 3, strides: strides, narrow)))
    return normalized(convolution(4 * width, kernel: 1, inner))
  }

  private static func convolution(_ filters: Int, kernel: Int, strides: Int = 1, _ x: Symbol) -> Symbol {
    padded(kernel / 2, strides: strides, x) { padding, x in
      Conv2D(
        filters, kernel: kernel, strides: strides, padding: padding, usesBias: false,
        kernelInitializer: .heNormalFanOut)(x)
    }
  }

  private static func normalized(_ x: Symbol) -> Symbol { BatchNormalization(momentum: 0.9, epsilon: 1e-5)(x) }
}

/// Blocks of each stage, and how many times wider than its 3x3 convolutions a block ends.
private struct ResNetDesign {
  let blocks: [Int]
  let expansion: Int

  static let all = [
    "resnet18": ResNetDesign(blocks: [2, 2, 2, 2], expansion: 1),
    "resnet34": ResNetDesign(blocks: [3, 4, 6, 3], expansion: 1),
    "resnet50": ResNetDesign(blocks: [3, 4, 6, 3], expansion: 4),
    "resnet101": ResNetDesign(blocks: [3, 4, 23, 3], expansion: 4),
    "resnet152": ResNetDesign(blocks: [3, 8, 36, 3], expansion: 4),
  ]
}
