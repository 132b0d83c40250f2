import Kernels
import Tensors

extension Models {
  /// LeNet-5 (LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document recognition", 1998), with
  /// average pooling, tanh and a softmax: 61,706 parameters for (28, 28, 1) and 10 classes.
  static func leNet5(input: Shape, classes: Int) throws(ShapeError) -> Graph {
    try Sequential("lenet5", input: input) {
      Conv2D(6, kernel: 5, padding: .same, activation: .tanh)
      AveragePooling2D()
      Conv2D(16, kernel: 5, activation: .tanh)
      AveragePooling2D()
      Flatten()
      Dense(120, activation: .tanh)
      Dense(84, activation: .tanh)
      Dense(classes, activation: .softmax)
    }.graph()
  }
}
