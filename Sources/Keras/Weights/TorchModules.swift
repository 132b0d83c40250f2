import Networks

/// Arrays of a safetensors file under the names of PyTorch (torchvision, timm), joined to modules in the order in which
/// the network runs through them: the names alone would sort `bn1` before `conv1`.
struct TorchModules {
  enum Kind { case convolution, linear, normalization }

  struct Module {
    let path: String
    let kind: Kind
    /// By their last name: `weight`, `bias`, `running_mean`, `running_var`.
    let tensors: [String: StoredTensor]
    fileprivate let rank: [Int]
  }

  /// Convolutions and matrix products.
  private(set) var products: [Module] = []
  private(set) var normalizations: [Module] = []
  /// Counters of batches, which no inference needs.
  private(set) var counters: [StoredTensor] = []
  /// Arrays of classifiers that only help training, beside the network: torchvision's `aux_classifier`, `aux1`, `aux2`.
  private(set) var auxiliary: [StoredTensor] = []
  /// Arrays of no known module.
  private(set) var unknown: [StoredTensor] = []

  /// A family of networks, known by its names.
  enum Family {
    /// timm's MobileNet and EfficientNet.
    case timmsMobile
    /// torchvision's EfficientNet.
    case efficientNet
    /// torchvision's GoogLeNet.
    case googLeNet
    case other
  }

  let family: Family

  init(_ tensors: [StoredTensor]) {
    let names = tensors.map(\.name)
    let isKnown: (_ part: String) -> Bool = { part in names.contains { $0.contains(part) } }
    family =
      names.contains { $0.hasPrefix("conv_stem.") }
      ? .timmsMobile
      : isKnown(".block.")
        ? .efficientNet
        : isKnown("inception3a.") ? .googLeNet : .other
    var byModule: [String: [String: StoredTensor]] = [:]
    for tensor in tensors {
      let (path, name) = TorchModules.split(tensor.name)
      if TorchModules.auxiliaryNames.contains(where: { path == $0 || path.hasPrefix("\($0).") }) {
        auxiliary.append(tensor)
      } else if name == "num_batches_tracked" {
        counters.append(tensor)
      } else {
        byModule[path, default: [:]][name] = tensor
      }
    }
    let paths = Set(byModule.keys)
    for (path, tensors) in byModule.sorted(by: { $0.key < $1.key }) {
      guard let rank = TorchModules.rank(path, among: paths), let kind = TorchModules.kind(tensors) else {
        unknown += tensors.values.sorted { $0.name < $1.name }
        continue
      }
      let module = Module(path: path, kind: kind, tensors: tensors, rank: rank)
      if kind == .normalization { normalizations.append(module) } else { products.append(module) }
    }
    products.sort { $0.rank.lexicographicallyPrecedes($1.rank) }
    normalizations.sort { $0.rank.lexicographicallyPrecedes($1.rank) }
  }

  private static func split(_ name: String) -> (path: String, name: String) {
    guard let dot = name.lastIndex(of: ".") else { return ("", name) }
    return (String(name[..<dot]), String(name[dot...].dropFirst()))
  }

  private static func kind(_ tensors: [String: StoredTensor]) -> Kind? {
    let names = Set(tensors.keys)
    if names.isSuperset(of: ["running_mean", "running_var"]) {
      return names.isSubset(of: ["weight", "bias", "running_mean", "running_var"]) ? .normalization : nil
    }
    guard names == ["weight"] || names == ["weight", "bias"] else { return nil }
    return [4: .convolution, 2: .linear][tensors["weight"]!.shape.count]
  }

  /// Where a module comes, level by level; nil for a name of no known architecture.
  private static func rank(_ path: String, among paths: Set<String>) -> [Int]? {
    var ranks: [Int] = []
    var parent = ""
    for part in path.split(separator: ".") {
      let name = String(part)
      guard let rank = rank(name, in: parent, among: paths) else { return nil }
      ranks.append(rank)
      parent += parent.isEmpty ? name : ".\(name)"
    }
    return ranks.isEmpty ? nil : ranks
  }

  private static func rank(_ name: String, in parent: String, among paths: Set<String>) -> Int? {
    if let number = Int(name) { return number }
    // The last normalisation of timm's EfficientNet follows its blocks; in a block, the second one is called the same.
    if name == "bn2", parent.isEmpty { return 91 }
    // A block that narrows at its end (`conv_pwl`) begins with `conv_pw`; one without it ends with `conv_pw`.
    if name == "conv_pw" { return paths.contains("\(parent).conv_pwl") ? 1 : 8 }
    if let match = name.wholeMatch(of: /(layer|denselayer|denseblock|transition)(\d)(\d*)/) {
      let number = Int(match.2 + match.3)!
      return match.1 == "transition" ? 10 * number + 5 : match.1 == "denseblock" ? 10 * number : 20 + number
    }
    // GoogLeNet: inception3a, inception3b, ... between its convolutions and its classifier.
    if let match = name.wholeMatch(of: /inception(\d)([a-z])/) {
      return 10 * Int(match.1)! + Int(match.2.utf8.first! - UInt8(ascii: "a"))
    }
    if let match = name.wholeMatch(of: /branch(\d)/) { return Int(match.1)! }
    return ranks[name]
  }

  private static let auxiliaryNames = ["aux_classifier", "aux1", "aux2"]

  private static let ranks = [
    // The beginning and end of a network.
    "conv_stem": 0, "backbone": 5, "features": 10, "blocks": 20, "conv_head": 90, "pre_logits": 95, "classifier": 97,
    "fc": 98, "head": 99,
    // ResNet
    "conv1": 1, "bn1": 2, "conv2": 3, "bn2": 4, "conv3": 5, "bn3": 6, "downsample": 50,
    // DenseNet
    "conv0": 0, "norm0": 1, "norm5": 99, "norm1": 1, "norm2": 3, "norm": 1, "conv": 2,
    // MobileNet and EfficientNet
    "block": 1, "conv_exp": 1, "conv_dw": 3, "se": 7, "conv_reduce": 1, "conv_expand": 2, "conv_pwl": 8,
    // GoogLeNet
    "bn": 3,
    // DeepLabV3; LR-ASPP, whose shorter way follows the longer one, as beside any sum.
    "convs": 1, "project": 2, "cbr": 1, "scale": 2, "high_classifier": 3, "low_classifier": 4,
    // Squeeze and excitation of torchvision, the classifier of timm's VGG, SqueezeNet
    "fc1": 1, "fc2": 2, "squeeze": 1, "expand1x1": 2, "expand3x3": 3,
  ]
}
