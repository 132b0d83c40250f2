import Kernels
import Tensors

extension Models {
  static let alexNets = [
    NetworkDesign("alexnet", preprocessing: .torch, graph: alexNet),
    NetworkDesign("alexnet2012", input: [227, 227, 3], preprocessing: .caffe, graph: alexNet2012),
  ]

  /// AlexNet for one processor (Krizhevsky, "One weird trick for parallelizing convolutional neural networks", 2014),
  /// as torchvision's `alexnet`: 61,100,840 weights for (224, 224, 3) and 1000 classes.
  private static func alexNet(input: Shape, classes: Int) throws(ShapeError) -> Graph {
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

  /// AlexNet as it won (Krizhevsky, Sutskever and Hinton, "ImageNet classification with deep convolutional neural
  /// networks", 2012, sections 3.3 to 3.5): two columns, here groups of convolutions, and local response normalisation,
  /// behind the ReLU and in front of the pooling. 60,965,224 weights for (227, 227, 3) and 1000 classes, as many as
  /// Caffe's `bvlc_alexnet`.
  private static func alexNet2012(input: Shape, classes: Int) throws(ShapeError) -> Graph {
    let response = LocalResponseNormalization(radius: 2, bias: 2, alpha: 1e-4, beta: 0.75)
    let weights = Initializer.randomNormal(mean: 0, deviation: 0.01)
    func convolution(_ filters: Int, _ kernel: Int, groups: Int, bias: Double) -> Conv2D {
      Conv2D(
        filters, kernel: kernel, padding: .same, groups: groups, activation: .relu, kernelInitializer: weights,
        biasInitializer: .constant(bias))
    }
    return try Sequential("alexnet2012", input: input) {
      Conv2D(96, kernel: 11, strides: 4, activation: .relu, kernelInitializer: weights)
      response
      MaxPooling2D(3, strides: 2)
      convolution(256, 5, groups: 2, bias: 1)
      response
      MaxPooling2D(3, strides: 2)
      convolution(384, 3, groups: 1, bias: 0)
      convolution(384, 3, groups: 2, bias: 1)
      convolution(256, 3, groups: 2, bias: 1)
      MaxPooling2D(3, strides: 2)
      Flatten()
      for _ in 0..<2 {
        Dense(4096, activation: .relu, kernelInitializer: weights, biasInitializer: .constant(1))
        Dropout(0.5)
      }
      Dense(classes, activation: .softmax, kernelInitializer: weights)
    }.graph()
  }
}
