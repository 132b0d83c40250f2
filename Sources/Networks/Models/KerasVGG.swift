import Kernels
import Tensors

extension Models {
  static let kerasVGGs = [
    kerasVGG("vgg16", convolutions: [2, 2, 3, 3, 3]), kerasVGG("vgg19", convolutions: [2, 2, 4, 4, 4]),
  ]

  /// VGG as in `keras.applications.vgg16` and `vgg19`: 138,357,544 and 143,667,240 weights for (224, 224, 3) and 1000
  /// classes.
  private static func kerasVGG(_ name: String, convolutions: [Int]) -> NetworkDesign {
    NetworkDesign("keras:\(name)", preprocessing: .caffe) { (input, classes) throws(ShapeError) in
      let start = Symbol.input(input)
      var x = start
      for (block, (count, filters)) in zip(convolutions, [64, 128, 256, 512, 512]).enumerated() {
        for number in 1...count {
          x = Conv2D(filters, kernel: 3, padding: .same, activation: .relu)(x, name: "block\(block + 1)_conv\(number)")
        }
        x = MaxPooling2D(2, strides: 2)(x, name: "block\(block + 1)_pool")
      }
      x = Flatten()(x, name: "flatten")
      for number in 1...2 { x = Dense(4096, activation: .relu)(x, name: "fc\(number)") }
      x = Dense(classes, activation: .softmax)(x, name: "predictions")
      return try Graph(name, inputs: [start], outputs: [x])
    }
  }
}
