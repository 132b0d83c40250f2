import Kernels
import Tensors

extension Models {
  /// VGG-16 (Simonyan and Zisserman, "Very deep convolutional networks for large-scale image recognition", 2015,
  /// configuration D), as torchvision's `vgg16`: 138,357,544 weights for (224, 224, 3) and 1000 classes.
  static func vgg16(input: Shape, classes: Int) throws(ShapeError) -> Graph {
    try Sequential("vgg16", input: input) {
      for stage in [[64, 64], [128, 128], [256, 256, 256], [512, 512, 512], [512, 512, 512]] {
        for filters in stage {
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
