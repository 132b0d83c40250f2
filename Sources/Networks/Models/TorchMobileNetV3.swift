import Kernels
import Tensors

extension Models {
  /// MobileNetV3-Large (Howard et al., "Searching for MobileNetV3", 2019, table 1) as torchvision's
  /// `mobilenet_v3_large`: 5,483,032 weights for 1000 classes.
  static let torchMobileNetsV3 = [
    NetworkDesign("mobilenet_v3_large", preprocessing: .torch) { (input, classes) throws(ShapeError) in
      let start = Symbol.input(input)
      var x = GlobalAveragePooling2D()(torchMobileNetV3Large(isDilated: false, start).last!)
      let initializer = Initializer.randomNormal(mean: 0, deviation: 0.01)
      x = Dropout(0.2)(Activation(.hardSilu)(Dense(1280, kernelInitializer: initializer)(x)))
      x = Dense(classes, activation: .softmax, kernelInitializer: initializer)(x)
      return try Graph("mobilenet_v3_large", inputs: [start], outputs: [x])
    }
  ]

  /// The values behind torchvision's `features`, one by one: a convolution, 15 blocks, a convolution.
  ///
  /// - Parameter isDilated: whether the last three blocks keep the size, with kernels of twice the reach.
  static func torchMobileNetV3Large(isDilated: Bool, _ image: Symbol) -> [Symbol] {
    var values = [activated(convolution(16, kernel: 3, strides: 2, image), isRectified: false)]
    var channels = 16
    for (number, block) in mobileNetV3LargeBlocks.enumerated() {
      let isStretched = isDilated && number >= 12
      let strides = isStretched ? 1 : block.strides
      let expanded = multipleOf8(Double(channels) * block.expansion)
      var x = values[number]
      if expanded != channels { x = activated(convolution(expanded, x), isRectified: block.isRectified) }
      x = depthwise(block.kernel, strides: strides, dilation: isStretched ? 2 : 1, x)
      x = activated(x, isRectified: block.isRectified)
      if block.isExcited { x = excited(expanded, x) }
      x = normalized(convolution(block.channels, x))
      // A block that would halve the image has no way past it, even where it keeps the size.
      values.append(block.strides == 1 && channels == block.channels ? Add()(x, values[number]) : x)
      channels = block.channels
    }
    values.append(activated(convolution(6 * channels, values.last!), isRectified: false))
    return values
  }

  private static func convolution(_ filters: Int, kernel: Int = 1, strides: Int = 1, _ x: Symbol) -> Symbol {
    padded(kernel / 2, strides: strides, x) { padding, x in
      Conv2D(
        filters, kernel: kernel, strides: strides, padding: padding, usesBias: false,
        kernelInitializer: .heNormalFanOut)(x)
    }
  }

  private static func depthwise(_ kernel: Int, strides: Int, dilation: Int, _ x: Symbol) -> Symbol {
    padded(kernel / 2, strides: strides, x) { padding, x in
      DepthwiseConv2D(
        kernel: [kernel, kernel], strides: [strides, strides], padding: padding, dilation: [dilation, dilation],
        usesBias: false, kernelInitializer: .heNormalFanOut)(x)
    }
  }

  /// Channels weighted by what two 1x1 convolutions make of their means.
  private static func excited(_ channels: Int, _ x: Symbol) -> Symbol {
    let means = GlobalAveragePooling2D(keepDimensions: true)(x)
    let squeezed = Conv2D(
      multipleOf8(Double(channels) / 4), kernel: 1, activation: .relu, kernelInitializer: .heNormalFanOut)(means)
    let weights = Conv2D(channels, kernel: 1, activation: .hardSigmoid, kernelInitializer: .heNormalFanOut)(squeezed)
    return Multiply()(x, weights)
  }

  private static func normalized(_ x: Symbol) -> Symbol { BatchNormalization(momentum: 0.99, epsilon: 1e-3)(x) }

  private static func activated(_ x: Symbol, isRectified: Bool) -> Symbol {
    isRectified ? ReLU()(normalized(x)) : Activation(.hardSilu)(normalized(x))
  }
}
