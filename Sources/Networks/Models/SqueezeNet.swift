import Kernels
import Tensors

extension Models {
  static let squeezeNets = [
    NetworkDesign("squeezenet", input: [227, 227, 3], preprocessing: .caffe, graph: kerasSqueezeNet),
    squeezeNet("squeezenet1_0", filters: 96, kernel: 7, [[16, 16, 32], [32, 48, 48, 64], [64]]),
    squeezeNet("squeezenet1_1", filters: 64, kernel: 3, [[16, 16], [32, 32], [48, 48, 64, 64]]),
  ]

  /// SqueezeNet 1.0 and 1.1 (Iandola et al., "SqueezeNet: AlexNet-level accuracy with 50x fewer parameters", 2016, and
  /// its authors' second version), as torchvision's `squeezenet1_0` and `squeezenet1_1`: 1,248,424 and 1,235,496
  /// weights for 1000 classes.
  ///
  /// - Parameter stages: between poolings, the channels to which each module squeezes; it expands to eight times as
  ///   many.
  private static func squeezeNet(_ name: String, filters: Int, kernel: Int, _ stages: [[Int]]) -> NetworkDesign {
    NetworkDesign(name, preprocessing: .torch) { (input, classes) throws(ShapeError) in
      let start = Symbol.input(input)
      var x = Conv2D(filters, kernel: kernel, strides: 2, activation: .relu, kernelInitializer: .heUniform)(start)
      for stage in stages {
        x = pooledToTheEnd(3, x)
        for squeezed in stage { x = fire(squeezed, 4 * squeezed, x) }
      }
      x = Conv2D(classes, kernel: 1, activation: .relu, kernelInitializer: .randomNormal(mean: 0, deviation: 0.01))(
        Dropout(0.5)(x))
      x = Softmax()(GlobalAveragePooling2D()(x))
      return try Graph(name, inputs: [start], outputs: [x])
    }
  }

  /// A 1x1 convolution to few channels, and from them as many by 1x1 as by 3x3, side by side.
  private static func fire(_ squeezed: Int, _ expanded: Int, _ x: Symbol) -> Symbol {
    func convolution(_ filters: Int, _ kernel: Int, _ x: Symbol) -> Symbol {
      Conv2D(filters, kernel: kernel, padding: .same, activation: .relu, kernelInitializer: .heUniform)(x)
    }
    let narrow = convolution(squeezed, 1, x)
    return Concatenate()(convolution(expanded, 1, narrow), convolution(expanded, 3, narrow))
  }

  /// SqueezeNet 1.1 as keras-squeezenet built it (github.com/rcmalli/keras-squeezenet), whose ImageNet weights are
  /// widely copied: windows of pooling stay inside, layers have its names with "_" for "/". Made for (227, 227, 3) in
  /// BGR less the mean colour; 1,235,496 weights for 1000 classes.
  private static func kerasSqueezeNet(input: Shape, classes: Int) throws(ShapeError) -> Graph {
    let start = Symbol.input(input, name: "input_1")
    func convolution(_ filters: Int, _ kernel: Int, strides: Int = 1, _ padding: Padding, _ name: String, _ x: Symbol)
      -> Symbol
    {
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
