import Kernels
import Tensors

extension Models {
  static let vggs = [vgg("vgg16", convolutions: [2, 2, 3, 3, 3]), vgg("vgg19", convolutions: [2, 2, 4, 4, 4])]

  /// VGG (Simonyan and Zisserman, "Very deep convolutional networks for large-scale image recognition", 2015,
  /// configurations D and E), as torchvision's `vgg16` and `vgg19`: 138,357,544 and 143,667,240 weights for (224, 224,
  /// 3) and 1000 classes.
  private static func vgg(_ name: String, convolutions: [Int]) -> NetworkDesign {
    NetworkDesign(name, preprocessing: .torch) { (input, classes) throws(ShapeError) in
      try Sequential(name, input: input) {
        for (count, filters) in zip(convolutions, [64, 128, 256, 512, 512]) {
          for _ in 0..<count {
            Conv2D(filters, kernel: 3, padding: .same, activation: .relu, kernelInitializer: .heNormalFanOut)
          }
          MaxPooling2D()
        }
        Flatten()
        for _ in 0..<2 {
          Dense(4096, activation: .relu, kernelInitializer: .randomNormal(mean: 0, deviation: 0.01))
          Dropout(0.5)
        }
        Dense(classes, activation: .softmax, kernelInitializer: .randomNormal(mean: 0, deviation: 0.01))
      }.graph()
    }
  }
}
