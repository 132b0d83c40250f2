import Kernels
import Tensors

extension Models {
  /// AlexNet for one processor (Krizhevsky, "One weird trick for parallelizing convolutional neural networks", 2014), as
  /// torchvision's `alexnet`: 61,100,840 weights for (224, 224, 3) and 1000 classes.
  static func alexNet(input: Shape, classes: Int) throws(ShapeError) -> Graph {
    try Sequential("alexnet", input: input) {
      ZeroPadding2D(2)
      Conv2D(64, kernel: 11, strides: 4, activation: .relu)
      MaxPooling2D(3, strides: 2)
      Conv2D(192, kernel: 5, padding: .same, activation: .relu)
      MaxPooling2D(3, strides: 2)
      Conv2D(384, kernel: 3, padding: .same, activation: .relu)
      Conv2D(256, kernel: 3, padding: .same, activation: .relu)
      Conv2D(256, kernel: 3, padding: .same, activation: .relu)
      MaxPooling2D(3, strides: 2)
      Flatten()
      Dropout(0.5)
      Dense(4096, activation: .relu)
      Dropout(0.5)
      Dense(4096, activation: .relu)
      Dense(classes, activation: .softmax)
    }.graph()
  }
}
