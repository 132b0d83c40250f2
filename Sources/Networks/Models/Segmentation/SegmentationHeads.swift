import Kernels
import Tensors

/// The ends of networks that give every pixel a class, without the softmax: of feature maps to logits.
enum SegmentationHeads {
  /// A larger map, by bilinear interpolation between the middles of cells (PyTorch's `align_corners=False`).
  ///
  /// Where the sides are multiples, an `UpSampling2D`, which knows no sizes.
  static func enlarged(
    _ x: Symbol, to size: [Int], _ interpolation: Interpolation = .bilinear, name: String
  ) -> Symbol {
    let old = x.shape.map { [$0.height, $0.width] } ?? size
    if old == size { return x }
    guard zip(size, old).allSatisfy({ $0 % max(1, $1) == 0 }) else {
      return Resizing(height: size[0], width: size[1], interpolation: interpolation)(x, name: name)
    }
    return UpSampling2D(size: zip(size, old).map { $0 / max(1, $1) }, interpolation: interpolation)(x, name: name)
  }

  /// The head of fully convolutional networks as in torchvision's `FCNHead`: a 3x3 convolution to a quarter of the
  /// channels, dropout, classes.
  static func fcn(_ x: Symbol, classes: Int) -> Symbol {
    let channels = max(1, (x.shape?.channels ?? 4) / 4)
    let y = unit(channels, kernel: 3, "classifier", x)
    return scores(classes, Dropout(0.1)(y, name: "classifier_dropout"))
  }

  /// The head of DeepLabV3 (Chen, Papandreou, Schroff and Adam, "Rethinking atrous convolution for semantic image
  /// segmentation", 2017, section 3.3), as in torchvision's `DeepLabHead`: atrous spatial pyramid pooling of 256
  /// channels at three rates, and a 3x3 convolution.
  static func deepLabV3(_ x: Symbol, classes: Int, rates: [Int] = [12, 24, 36]) -> Symbol {
    let size = x.shape.map { [$0.height, $0.width] } ?? [1, 1]
    var branches = [unit(256, kernel: 1, "aspp0", x)]
    for (number, rate) in rates.enumerated() {
      branches.append(unit(256, kernel: 3, dilation: rate, "aspp\(number + 1)", x))
    }
    let mean = GlobalAveragePooling2D(keepDimensions: true)(x, name: "aspp_pool")
    let pooled = unit(256, kernel: 1, "aspp_pool", mean)
    branches.append(enlarged(pooled, to: size, .nearest, name: "aspp_pool_upsample"))
    var y = Concatenate()(branches, name: "aspp_concatenate")
    y = Dropout(0.5)(unit(256, kernel: 1, "aspp_project", y), name: "aspp_dropout")
    return scores(classes, unit(256, kernel: 3, "classifier", y))
  }

  /// The head of LR-ASPP (Howard et al., "Searching for MobileNetV3", 2019, section 6.4), as in torchvision's
  /// `LRASPPHead`: classes from maps of an eighth of the sides and from those of a sixteenth, weighted by their means.
  static func lraspp(low: Symbol, high: Symbol, classes: Int) -> Symbol {
    var x = unit(128, kernel: 1, "cbr", high)
    let mean = GlobalAveragePooling2D(keepDimensions: true)(high, name: "scale_pool")
    let scale = Conv2D(128, kernel: 1, activation: .sigmoid, usesBias: false)(mean, name: "scale_conv")
    x = Multiply()(x, scale, name: "scale")
    x = enlarged(x, to: low.shape.map { [$0.height, $0.width] } ?? [1, 1], name: "scale_upsample")
    let lowScores = Conv2D(classes, kernel: 1)(low, name: "low_classifier")
    let highScores = Conv2D(classes, kernel: 1)(x, name: "high_classifier")
    return Add()(lowScores, highScores, name: "scores")
  }

  /// Logits of the size of the image as probabilities: the end of all these networks.
  static func probabilities(_ logits: Symbol, like image: Symbol, name: String = "predictions") -> Symbol {
    let size = image.shape.map { [$0.height, $0.width] } ?? [1, 1]
    return Activation(.softmax)(enlarged(logits, to: size, name: "upsample"), name: name)
  }

  /// A 1x1 convolution that makes the logits of the classes.
  static func scores(_ classes: Int, _ x: Symbol) -> Symbol {
    Conv2D(classes, kernel: 1)(x, name: "scores")
  }

  /// Convolution, batch normalisation as in torchvision, ReLU.
  private static func unit(
    _ channels: Int, kernel: Int, dilation: Int = 1, _ name: String, _ x: Symbol
  ) -> Symbol {
    let y = Conv2D(
      channels, kernel: kernel, padding: kernel == 1 ? .valid : .same, dilation: dilation, usesBias: false)(
        x, name: "\(name)_conv")
    return ReLU()(BatchNormalization(momentum: 0.9, epsilon: 1e-5)(y, name: "\(name)_bn"), name: "\(name)_relu")
  }
}
