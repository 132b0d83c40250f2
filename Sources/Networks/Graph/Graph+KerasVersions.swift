import Kernels

extension Graph {
  /// What in the graph computes something else in the other version of Keras under the same name, by the version that
  /// it is of; names sorted.
  public var namesByKerasVersion: [Int: [String]] {
    var names: [Int: Set<String>] = [:]
    for node in nodes {
      if let crop = node.layer as? RandomCrop { names[crop.isIdentity ? 3 : 2, default: []].insert("RandomCrop") }
      switch (node.layer as? any ActivationEnding)?.activation {
      case .hardSigmoid: names[3, default: []].insert("hard_sigmoid")
      case .hardSigmoidKeras2: names[2, default: []].insert("hard_sigmoid")
      default: break
      }
    }
    return names.mapValues { $0.sorted() }
  }
}
