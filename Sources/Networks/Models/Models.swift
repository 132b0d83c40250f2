public import Tensors

/// The networks that come with Convoy, by name.
public enum Models {
  /// `lenet5`, `resnet20` (any depth 6n + 2) or `conv16-pool-conv32-pool-dense128-dense10`.
  public static let names = ["lenet5", "resnet20", "resnet32", "resnet56", "conv16-pool-conv32-pool-dense128-dense10"]

  /// - Parameters:
  ///   - input: the shape of a sample.
  ///   - classes: units of the last layer.
  public static func make(_ name: String, input: Shape, classes: Int) throws(ShapeError) -> Graph {
    if let depth = name.firstMatch(of: /^resnet(\d+)$/).flatMap({ Int($0.1) }), depth >= 8, depth % 6 == 2 {
      return try resNet(depth: depth, input: input, classes: classes)
    }
    switch name {
    case "lenet5": return try leNet5(input: input, classes: classes)
    case "conv16-pool-conv32-pool-dense128-dense10": return try small(input: input, classes: classes)
    default:
      throw ShapeError("there is no network '\(name)'; did you mean '\(names.nearest(to: name))'? Known are \(names.joined(separator: ", ")) (resnet: any depth 6n + 2), or the path of a Keras file.")
    }
  }
}
