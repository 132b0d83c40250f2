import Kernels
import Tensors

extension Models {
  /// Two convolutions and two dense layers: 268,650 parameters for (32, 32, 3) and 10 classes.
  static func small(input: Shape, classes: Int) throws(ShapeError) -> Graph {
    try Sequential("conv16-pool-conv32-pool-dense128-dense10", input: input) {
      Conv2D(16, kernel: 3, padding: .same, activation: .relu)
      MaxPooling2D()
      Conv2D(32, kernel: 3, padding: .same, activation: .relu)
      MaxPooling2D()
      Flatten()
      Dense(128, activation: .relu)
      Dense(classes, activation: .softmax)
    }.graph()
  }
}
