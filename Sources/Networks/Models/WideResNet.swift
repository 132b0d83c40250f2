import Kernels
import Tensors

extension Models {
  /// The wide residual network for small images (Zagoruyko and Komodakis, "Wide residual networks", 2016): three stages
  /// of (depth - 4) / 6 blocks with 16, 32 and 64 channels times the factor, normalisation and ReLU in front of each
  /// convolution, no dropout. `wrn-28-10` has 36,479,194 weights for (32, 32, 3) and 10 classes. Nil for other depths.
  static func wideResNet(depth: Int, factor: Int) -> NetworkDesign? {
    guard (10...1204).contains(depth), depth % 6 == 4, (1...64).contains(factor) else { return nil }
    return NetworkDesign("wrn-\(depth)-\(factor)", input: [32, 32, 3], classes: 10, preprocessing: nil) {
      (input, classes) throws(ShapeError) in try wideResNet(depth, factor, input: input, classes: classes)
    }
  }

  private static func wideResNet(_ depth: Int, _ factor: Int, input: Shape, classes: Int) throws(ShapeError) -> Graph {
    let start = Symbol.input(input)
    var x = convolution(16, kernel: 3, start)
    var channels = 16
    for (stage, width) in [16 * factor, 32 * factor, 64 * factor].enumerated() {
      for block in 0..<(depth - 4) / 6 {
        let strides = stage > 0 && block == 0 ? 2 : 1
        let active = activated(x)
        let residual = convolution(
          width, kernel: 3, activated(convolution(width, kernel: 3, strides: strides, active)))
        // Where the shape changes, the shortcut begins behind the activation.
        let shortcut = channels == width ? x : convolution(width, kernel: 1, strides: strides, active)
        x = Add()(residual, shortcut)
        channels = width
      }
    }
    x = Dense(classes, activation: .softmax)(GlobalAveragePooling2D()(activated(x)))
    return try Graph("wrn-\(depth)-\(factor)", inputs: [start], outputs: [x])
  }

  private static func convolution(_ filters: Int, kernel: Int, strides: Int = 1, _ x: Symbol) -> Symbol {
    padded(kernel / 2, strides: strides, x) { padding, x in
      Conv2D(
        filters, kernel: kernel, strides: strides, padding: padding, usesBias: false,
        kernelInitializer: .heNormalFanOut)(x)
    }
  }

  private static func activated(_ x: Symbol) -> Symbol {
    ReLU()(BatchNormalization(momentum: 0.9, epsilon: 1e-5)(x))
  }
}
