import Kernels
import Tensors

extension Models {
  /// SqueezeNet 1.1 (Iandola et al., "SqueezeNet: AlexNet-level accuracy with 50x fewer parameters", 2016, and its
  /// authors' second version), as torchvision's `squeezenet1_1`: 1,235,496 weights for 1000 classes.
  static func squeezeNet(input: Shape, classes: Int) throws(ShapeError) -> Graph {
    let start = Symbol.input(input)
    var x = Conv2D(64, kernel: 3, strides: 2, activation: .relu, kernelInitializer: .heUniform)(start)
    var size = [(input.height - 3) / 2 + 1, (input.width - 3) / 2 + 1]
    for stage in [[(16, 64), (16, 64)], [(32, 128), (32, 128)], [(48, 192), (48, 192), (64, 256), (64, 256)]] {
      // Windows of 3 by strides of 2 that cover the last cell too: an even size gets a cell of zeros at its end, which
      // are below nothing behind a ReLU.
      let missing = size.map { 1 - $0 % 2 }
      if missing != [0, 0] { x = ZeroPadding2D(top: 0, bottom: missing[0], left: 0, right: missing[1])(x) }
      x = MaxPooling2D(3, strides: 2)(x)
      size = size.map { $0 / 2 }
      for (squeezed, expanded) in stage { x = fire(squeezed, expanded, x) }
    }
    x = Conv2D(classes, kernel: 1, activation: .relu, kernelInitializer: .randomNormal(mean: 0, deviation: 0.01))(
      Dropout(0.5)(x))
    x = Softmax()(GlobalAveragePooling2D()(x))
    return try Graph("squeezenet1_1", inputs: [start], outputs: [x])
  }

  /// A 1x1 convolution to few channels, and from them as many by 1x1 as by 3x3, side by side.
  private static func fire(_ squeezed: Int, _ expanded: Int, _ x: Symbol) -> Symbol {
    func convolution(_ filters: Int, _ kernel: Int, _ x: Symbol) -> Symbol {
      Conv2D(filters, kernel: kernel, padding: .same, activation: .relu, kernelInitializer: .heUniform)(x)
    }
    let narrow = convolution(squeezed, 1, x)
    return Concatenate()(convolution(expanded, 1, narrow), convolution(expanded, 3, narrow))
  }

  /// SqueezeNet 1.1 as keras-squeezenet built it (github.com/rcmalli/keras-squeezenet), whose ImageNet weights are widely
  /// copied: windows of pooling stay inside, layers have its names with "_" for "/". Made for (227, 227, 3) in BGR less
  /// the mean colour; 1,235,496 weights for 1000 classes.
  static func kerasSqueezeNet(input: Shape, classes: Int) throws(ShapeError) -> Graph {
    let start = Symbol.input(input, name: "input_1")
    func convolution(_ filters: Int, _ kernel: Int, strides: Int = 1, _ padding: Padding, _ name: String, _ x: Symbol) -> Symbol {
      let parts = name.split(separator: "_")
      let activation = (parts.dropLast() + ["relu", parts[parts.count - 1]]).joined(separator: "_")
      return Activation(.relu)(
        Conv2D(filters, kernel: kernel, strides: strides, padding: padding)(x, name: name), name: activation)
    }
    var x = convolution(64, 3, strides: 2, .valid, "conv1", start)
    let stages = [[(16, 64), (16, 64)], [(32, 128), (32, 128)], [(48, 192), (48, 192), (64, 256), (64, 256)]]
    var number = 2
    for stage in stages {
      x = MaxPooling2D(3, strides: 2)(x, name: number == 2 ? "pool1" : "pool\(number - 1)")
      for (squeezed, expanded) in stage {
        let narrow = convolution(squeezed, 1, .valid, "fire\(number)_squeeze1x1", x)
        let left = convolution(expanded, 1, .valid, "fire\(number)_expand1x1", narrow)
        let right = convolution(expanded, 3, .same, "fire\(number)_expand3x3", narrow)
        x = Concatenate()(left, right, name: "fire\(number)_concat")
        number += 1
      }
    }
    x = convolution(classes, 1, .valid, "conv10", Dropout(0.5)(x, name: "drop9"))
    x = Activation(.softmax)(GlobalAveragePooling2D()(x), name: "loss")
    return try Graph("squeezenet", inputs: [start], outputs: [x])
  }
}
