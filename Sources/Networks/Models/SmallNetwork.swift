import Kernels
import Tensors

extension Models {
  /// Networks for digits and for CIFAR-10. Of those with a depth in their name, the ones that are used most.
  static let smallNetworks =
    [
      NetworkDesign("lenet5", input: [28, 28, 1], classes: 10, preprocessing: nil, graph: leNet5),
      NetworkDesign(
        "conv16-pool-conv32-pool-dense128-dense10", input: [32, 32, 3], classes: 10, preprocessing: nil, graph: small),
    ] + [20, 32, 44, 56, 110].compactMap { smallImageResNet(depth: $0) }
    + [(16, 4), (28, 10), (40, 2)].compactMap { wideResNet(depth: $0, factor: $1) }

  /// Two convolutions and two dense layers: 268,650 parameters for (32, 32, 3) and 10 classes.
  private static func small(input: Shape, classes: Int) throws(ShapeError) -> Graph {
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
