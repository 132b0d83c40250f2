public import Tensors

/// The networks that come with Convoy, by name.
///
/// Names without a prefix are torchvision's, and so are the structures, or of networks for small images; those that
/// begin with `keras:` are the networks of `keras.applications`, with Keras's structure and names of layers, so that
/// Keras's weights fit.
public enum Models {
  /// The networks that have a name of their own.
  public static let designs: [NetworkDesign] =
    smallNetworks + resNets + vggs + alexNets + squeezeNets + mobileNetsV2 + denseNets + googLeNets
    + squeezeExciteResNets
    + torchMobileNetsV3 + torchEfficientNets + timmsEfficientNets + timmsTensorFlowEfficientNets
    + kerasVGGs + kerasResNets + kerasResNetsV2 + inceptionNets + xceptions + kerasMobileNets + kerasMobileNetsV2
    + mobileNetsV3 + kerasDenseNets + nasNets + efficientNets + efficientNetsV2 + convNeXts
    + uNets + fcns + torchSegmentations

  public static let names = designs.map(\.name)

  private static let byName = Dictionary(uniqueKeysWithValues: designs.map { ($0.name, $0) })

  /// The network of that name; nil where there is none.
  ///
  /// `resnetN` is the network for ImageNet where its paper has one of that depth (18, 34, 50, 101, 152), and else, with
  /// N = 6n + 2, the one for small images. `wrn-D-K` is a wide one for small images, with D = 6n + 4 layers, K times as
  /// wide. `unet-D-W` is a U-Net of D levels, W channels wide at full resolution, and `unet:NETWORK`,
  /// `deeplabv3:NETWORK` and `fcn:NETWORK` give a map of classes of what another of these networks sees.
  public static func design(named name: String) -> NetworkDesign? {
    if let design = byName[name] { return design }
    if let depth = name.wholeMatch(of: /resnet(\d+)/).flatMap({ Int($0.1) }) { return smallImageResNet(depth: depth) }
    if let match = name.wholeMatch(of: /unet-(\d)-(\d{1,4})/), let depth = Int(match.1), let width = Int(match.2) {
      return depth > 0 && width > 0 ? uNet(name, depth: depth, width: width) : nil
    }
    if let colon = name.firstIndex(of: ":"), let decoder = SegmentationDecoder(rawValue: String(name[..<colon])) {
      return design(named: String(name[colon...].dropFirst())).map { segmentation(name, decoder, $0) }
    }
    guard let match = name.wholeMatch(of: /wrn-(\d+)-(\d+)/), let depth = Int(match.1), let factor = Int(match.2) else {
      return nil
    }
    return wideResNet(depth: depth, factor: factor)
  }

  /// - Parameters:
  ///   - input: the shape of a sample.
  ///   - classes: units of the last layer.
  public static func make(_ name: String, input: Shape, classes: Int) throws(ShapeError) -> Graph {
    guard let design = design(named: name) else {
      let hint = names.nearest(to: name).map { "; did you mean '\($0)'?" } ?? ";"
      throw ShapeError(
        "there is no network '\(name)'\(hint) 'convoy models' lists them; a file is named by its path, such as "
          + "models/my.h5."
      )
    }
    return try design.graph(input, classes)
  }

  /// The shape of a sample that a network was made for: what it is shown or timed with where there is no data.
  public static func usualInput(of name: String) -> Shape { design(named: name)?.input ?? [32, 32, 3] }

  /// Classes of the data that a network was made for: ImageNet, digits, or CIFAR-10.
  public static func usualClasses(of name: String) -> Int { design(named: name)?.classes ?? 10 }
}
