public import Tensors

/// The networks that come with Convoy, by name.
public enum Models {
  /// For ImageNet; structures and sizes are torchvision's, of `squeezenet` those of keras-squeezenet.
  public static let imageNetNames = [
    "resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "vgg16", "alexnet", "squeezenet", "squeezenet1_1",
    "mobilenet_v2", "densenet121",
  ]

  /// The networks for small images and those for ImageNet.
  ///
  /// `resnetN` is the network for ImageNet where its paper has one of that depth (18, 34, 50, 101, 152), and else, with
  /// N = 6n + 2, the one for small images.
  public static let names =
    ["lenet5", "resnet20", "resnet32", "resnet56", "conv16-pool-conv32-pool-dense128-dense10"] + imageNetNames

  /// - Parameters:
  ///   - input: the shape of a sample.
  ///   - classes: units of the last layer.
  public static func make(_ name: String, input: Shape, classes: Int) throws(ShapeError) -> Graph {
    if let graph = try resNet(name, input: input, classes: classes) { return graph }
    if let depth = name.firstMatch(of: /^resnet(\d+)$/).flatMap({ Int($0.1) }), depth >= 8, depth % 6 == 2 {
      return try smallImageResNet(depth: depth, input: input, classes: classes)
    }
    switch name {
    case "lenet5": return try leNet5(input: input, classes: classes)
    case "conv16-pool-conv32-pool-dense128-dense10": return try small(input: input, classes: classes)
    case "vgg16": return try vgg16(input: input, classes: classes)
    case "alexnet": return try alexNet(input: input, classes: classes)
    case "squeezenet": return try kerasSqueezeNet(input: input, classes: classes)
    case "squeezenet1_1": return try squeezeNet(input: input, classes: classes)
    case "mobilenet_v2": return try mobileNetV2(input: input, classes: classes)
    case "densenet121": return try denseNet121(input: input, classes: classes)
    default:
      throw ShapeError("there is no network '\(name)'; did you mean '\(names.nearest(to: name))'? Known are \(names.joined(separator: ", ")) (for small images resnet with any other depth 6n + 2), or the path of a Keras file.")
    }
  }
}
