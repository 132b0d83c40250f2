import Kernels
import Tensors

extension Models {
  /// The residual network for small images (He, Zhang, Ren and Sun, "Deep residual learning for image recognition",
  /// 2016, section 4.2) with 6n + 2 layers: three stages of n blocks with 16, 32 and 64 channels, projections (1x1,
  /// batch norm) where the shape changes. `resnet20` has 272,474 weights for (32, 32, 3) and 10 classes. Nil for other
  /// depths.
  static func smallImageResNet(depth: Int) -> NetworkDesign? {
    guard (8...1202).contains(depth), depth % 6 == 2 else { return nil }
    return NetworkDesign("resnet\(depth)", input: [32, 32, 3], classes: 10, preprocessing: nil) {
      (input, classes) throws(ShapeError) in try smallImageResNet(depth: depth, input: input, classes: classes)
    }
  }

  private static func smallImageResNet(depth: Int, input: Shape, classes: Int) throws(ShapeError) -> Graph {
    let start = Symbol.input(input)
    var x = normalized(convolution(16, kernel: 3)(start))
    x = ReLU()(x)
    for (stage, channels) in [16, 32, 64].enumerated() {
      for block in 0..<(depth - 2) / 6 {
        let changes = stage > 0 && block == 0
        let strides = changes ? 2 : 1
        var residual = ReLU()(normalized(convolution(channels, kernel: 3, strides: strides)(x)))
        residual = normalized(convolution(channels, kernel: 3)(residual))
        let shortcut = changes ? normalized(convolution(channels, kernel: 1, strides: strides)(x)) : x
        x = ReLU()(Add()(residual, shortcut))
      }
    }
    x = GlobalAveragePooling2D()(x)
    x = Dense(classes, activation: .softmax)(x)
    return try Graph("resnet\(depth)", inputs: [start], outputs: [x])
  }

  private static func convolution(_ filters: Int, kernel: Int, strides: Int = 1) -> Conv2D {
    Conv2D(
      filters, kernel: kernel, strides: strides, padding: .same, usesBias: false, kernelInitializer: .heNormalFanOut)
  }

  private static func normalized(_ x: Symbol) -> Symbol { BatchNormalization(momentum: 0.9, epsilon: 1e-5)(x) }
}
