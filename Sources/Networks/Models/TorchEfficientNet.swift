import Kernels
import Tensors

extension Models {
  /// EfficientNet as timm's `tf_efficientnet_b0` to `tf_efficientnet_b7`: TensorFlow's padding and batch norm, as in
  /// the networks of `keras.applications`, with images prepared before the network.
  static let timmsTensorFlowEfficientNets = efficientNetSizes.enumerated().map { number, size in
    network(
      "tf_efficientnet_b\(number)", side: size.side,
      EfficientNetDesign(size: size, momentum: 0.99, epsilon: 1e-3, padding: .same))
  }

  /// EfficientNet as timm's `efficientnet_b5` to `efficientnet_b7`, whose batch norm is PyTorch's; torchvision's
  /// smaller ones are timm's too.
  static let timmsEfficientNets = efficientNetSizes.enumerated().dropFirst(5).map { number, size in
    network(
      "timm_efficientnet_b\(number)", side: size.side,
      EfficientNetDesign(size: size, momentum: 0.9, epsilon: 1e-5, padding: .symmetric))
  }

  /// EfficientNet as torchvision's `efficientnet_b0` to `efficientnet_b7`: images are prepared before the network,
  /// padding is symmetric, and the batch norm of the larger ones is TensorFlow's. 5,288,548 weights with B0 for 1000
  /// classes.
  static let torchEfficientNets = efficientNetSizes.enumerated().map { number, size in
    // torchvision evaluates B2 with larger images than Keras does.
    network(
      "efficientnet_b\(number)", side: number == 2 ? 288 : size.side,
      EfficientNetDesign(
        size: size, momentum: number < 5 ? 0.9 : 0.99, epsilon: number < 5 ? 1e-5 : 1e-3, padding: .symmetric))
  }

  /// A design for images that are prepared before the network.
  private static func network(_ name: String, side: Int, _ design: EfficientNetDesign) -> NetworkDesign {
    NetworkDesign(name, input: [side, side, 3], preprocessing: .torch) { (input, classes) throws(ShapeError) in
      let start = Symbol.input(input)
      return try Graph(name, inputs: [start], outputs: [design.classified(classes, start)])
    }
  }
}
