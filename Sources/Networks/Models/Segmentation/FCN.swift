import Kernels
import Tensors

extension Models {
  static let fcns = [32, 16, 8].map(fcn)

  /// Fully convolutional networks (Long, Shelhamer and Darrell, "Fully convolutional networks for semantic
  /// segmentation", 2015): VGG-16 with its dense layers as convolutions of 7x7 and 1x1, whose scores are enlarged by
  /// the stride; `fcn16s` and `fcn8s` add those of the fourth and of the third pooling on the way.
  ///
  /// As in other implementations of today, convolutions pad with zeros ('same') where the paper adds 100 cells around
  /// the image, and enlarging is bilinear interpolation, which the paper begins with. `fcn32s` has 134,346,581 weights
  /// for 21 classes.
  private static func fcn(stride: Int) -> NetworkDesign {
    segmentation("fcn\(stride)s") { image, classes in
      var (x, pooled) = (image, [Symbol]())
      for (block, (count, filters)) in zip([2, 2, 3, 3, 3], [64, 128, 256, 512, 512]).enumerated() {
        for number in 1...count {
          x = Conv2D(filters, kernel: 3, padding: .same, activation: .relu, kernelInitializer: .heNormalFanOut)(
            x, name: "block\(block + 1)_conv\(number)")
        }
        x = MaxPooling2D()(x, name: "block\(block + 1)_pool")
        pooled.append(x)
      }
      for (number, kernel) in [(6, 7), (7, 1)] {
        x = Conv2D(4096, kernel: kernel, padding: .same, activation: .relu, kernelInitializer: .heNormalFanOut)(
          x, name: "conv\(number)")
        x = Dropout(0.5)(x, name: "dropout\(number)")
      }
      x = Conv2D(classes, kernel: 1, kernelInitializer: .zeros)(x, name: "scores")
      for block in [4, 3] where stride < 1 << (block + 1) {
        let other = pooled[block - 1]
        x = SegmentationHeads.enlarged(
          x, to: other.shape.map { [$0.height, $0.width] } ?? [1, 1], name: "upsample\(block)")
        let scores = Conv2D(classes, kernel: 1, kernelInitializer: .zeros)(other, name: "scores\(block)")
        x = Add()(x, scores, name: "add\(block)")
      }
      return x
    }
  }
}
