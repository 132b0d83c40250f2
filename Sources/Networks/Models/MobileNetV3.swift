import Kernels
import Tensors

extension Models {
  static let mobileNetsV3 = [
    mobileNetV3("MobileNetV3Small", smallBlocks, last: 1024),
    mobileNetV3("MobileNetV3Large", mobileNetV3LargeBlocks, last: 1280),
  ]

  private static func mobileNetV3(_ name: String, _ blocks: [MobileNetV3Block], last: Int) -> NetworkDesign {
    NetworkDesign("keras:\(name.lowercased())", preprocessing: ImagePreprocessing.none) {
      (input, classes) throws(ShapeError) in try mobileNetV3(name, blocks, last: last, input: input, classes: classes)
    }
  }

  /// MobileNetV3 (Howard et al., "Searching for MobileNetV3", 2019, tables 1 and 2) as in
  /// `keras.applications.MobileNetV3Small` and `MobileNetV3Large`: 2,554,968 and 5,507,432 weights for 1000 classes.
  private static func mobileNetV3(
    _ name: String, _ blocks: [MobileNetV3Block], last: Int, input: Shape, classes: Int
  ) throws(ShapeError) -> Graph {
    func convolution(
      _ filters: Int, kernel: Int = 1, strides: Int = 1, usesBias: Bool = false, _ name: String, _ x: Symbol
    ) -> Symbol {
      Conv2D(filters, kernel: kernel, strides: strides, padding: .same, usesBias: usesBias)(x, name: name)
    }
    func normalized(_ x: Symbol, _ name: String) -> Symbol { BatchNormalization(momentum: 0.999)(x, name: name) }
    func activated(_ x: Symbol, _ block: MobileNetV3Block? = nil) -> Symbol {
      block?.isRectified == true ? ReLU()(x) : Activation(.hardSilu)(x)
    }
    func excited(_ channels: Int, _ prefix: String, _ x: Symbol) -> Symbol {
      var weights = GlobalAveragePooling2D(keepDimensions: true)(x, name: "\(prefix)squeeze_excite_avg_pool")
      weights = convolution(
        multipleOf8(Double(channels) / 4), usesBias: true, "\(prefix)squeeze_excite_conv", weights)
      weights = ReLU()(weights, name: "\(prefix)squeeze_excite_relu")
      weights = convolution(channels, usesBias: true, "\(prefix)squeeze_excite_conv_1", weights)
      // Keras writes the hard sigmoid out.
      weights = ReLU(maximum: 6)(Operation(known: "add", constant: 3)(weights))
      weights = Operation(known: "multiply", constant: 1.0 / 6)(weights)
      return Multiply()(x, weights, name: "\(prefix)squeeze_excite_mul")
    }

    let start = Symbol.input(input)
    var x = convolution(16, kernel: 3, strides: 2, "conv", Rescaling(1 / 127.5, offset: -1)(start))
    x = activated(normalized(x, "conv_bn"))
    var channels = 16
    for (number, block) in blocks.enumerated() {
      let prefix = number == 0 ? "expanded_conv_" : "expanded_conv_\(number)_"
      let expanded = multipleOf8(Double(channels) * block.expansion)
      var y = x
      if number > 0 {
        y = activated(normalized(convolution(expanded, "\(prefix)expand", y), "\(prefix)expand_bn"), block)
      }
      if block.strides == 2 { y = correctlyPadded(kernel: block.kernel, y, name: "\(prefix)depthwise_pad") }
      y = DepthwiseConv2D(
        kernel: [block.kernel, block.kernel], strides: [block.strides, block.strides],
        padding: block.strides == 1 ? .same : .valid, usesBias: false)(y, name: "\(prefix)depthwise")
      y = activated(normalized(y, "\(prefix)depthwise_bn"), block)
      if block.isExcited { y = excited(expanded, prefix, y) }
      y = normalized(convolution(block.channels, "\(prefix)project", y), "\(prefix)project_bn")
      x = block.strides == 1 && channels == block.channels ? Add()(x, y, name: "\(prefix)add") : y
      channels = block.channels
    }
    x = activated(normalized(convolution(multipleOf8(Double(channels) * 6), "conv_1", x), "conv_1_bn"))
    x = GlobalAveragePooling2D(keepDimensions: true)(x)
    x = Dropout(0.2)(activated(convolution(last, usesBias: true, "conv_2", x)))
    x = Flatten()(convolution(classes, usesBias: true, "logits", x))
    return try Graph(name, inputs: [start], outputs: [Activation(.softmax)(x, name: "predictions")])
  }

  /// A multiple of 8, at least 8, and not more than a tenth below.
  static func multipleOf8(_ channels: Double) -> Int {
    let multiple = max(8, Int(channels + 4) / 8 * 8)
    return Double(multiple) < 0.9 * channels ? multiple + 8 : multiple
  }

  /// `isExcited`: with squeeze and excitation; `isRectified`: with ReLU in place of the hard swish.
  typealias MobileNetV3Block = (
    expansion: Double, channels: Int, kernel: Int, strides: Int, isExcited: Bool, isRectified: Bool
  )

  private static let smallBlocks: [MobileNetV3Block] = [
    (1, 16, 3, 2, true, true), (72.0 / 16, 24, 3, 2, false, true), (88.0 / 24, 24, 3, 1, false, true),
    (4, 40, 5, 2, true, false), (6, 40, 5, 1, true, false), (6, 40, 5, 1, true, false), (3, 48, 5, 1, true, false),
    (3, 48, 5, 1, true, false), (6, 96, 5, 2, true, false), (6, 96, 5, 1, true, false), (6, 96, 5, 1, true, false),
  ]

  static let mobileNetV3LargeBlocks: [MobileNetV3Block] = [
    (1, 16, 3, 1, false, true), (4, 24, 3, 2, false, true), (3, 24, 3, 1, false, true), (3, 40, 5, 2, true, true),
    (3, 40, 5, 1, true, true), (3, 40, 5, 1, true, true), (6, 80, 3, 2, false, false), (2.5, 80, 3, 1, false, false),
    (2.3, 80, 3, 1, false, false), (2.3, 80, 3, 1, false, false), (6, 112, 3, 1, true, false),
    (6, 112, 3, 1, true, false), (6, 160, 5, 2, true, false), (6, 160, 5, 1, true, false), (6, 160, 5, 1, true, false),
  ]
}
