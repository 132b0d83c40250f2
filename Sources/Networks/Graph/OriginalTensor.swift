import Tensors

/// The name and the shape of a variable in the file of PyTorch that its first values came from.
public struct OriginalTensor: Hashable, Sendable, Codable {
  /// `layer4.0.conv1.weight`
  public let name: String
  public let shape: [Int]

  public init(name: String, shape: [Int]) { (self.name, self.shape) = (name, shape) }

  /// `layer4.0.conv1`
  public var module: String { name.split(separator: ".").dropLast().joined(separator: ".") }
}

extension Graph {
  /// The modules of PyTorch whose weights a layer got.
  public func originalModules(ofLayer path: String) -> Set<String> {
    Set(
      originalTensors.filter { $0.key.hasPrefix(path + "/") && !$0.key.dropFirst(path.count + 1).contains("/") }
        .map(\.value.module))
  }

  /// Takes the names of variables that the graph still has. Where one layer is new and one module is left over, as
  /// behind a new head, the layer takes over the module's name.
  ///
  /// - Parameter tensors: by the paths of variables, of this graph or of one that it was made of.
  public mutating func takeOriginalTensors(_ tensors: [String: OriginalTensor]) {
    let variables = nodes.indices.filter { isFirstCall($0) }.flatMap { index in
      nodes[index].signature.parameters.map { (layer: nodes[index].owner, parameter: $0) }
    }
    // A new head may be called as the old one was.
    let counts = Dictionary(
      variables.map { ("\($0.layer)/\($0.parameter.name)", $0.parameter.count) },
      uniquingKeysWith: { first, _ in first })
    originalTensors = tensors.filter { counts[$0.key] == $0.value.shape.saturatedProduct }
    guard !originalTensors.isEmpty else { return }
    let new = variables.filter { originalTensors["\($0.layer)/\($0.parameter.name)"] == nil }
    let left = tensors.filter { originalTensors[$0.key] == nil }
    guard Set(new.map(\.layer)).count == 1, Set(left.values.map(\.module)).count == 1, new.count == left.count else {
      return
    }
    var taken: [String: OriginalTensor] = [:]
    for (layer, parameter) in new {
      // A matrix product: (out, in) there, (in, out) here.
      let name = left.first { $0.key.hasSuffix("/\(parameter.name)") }?.value
      guard let name, name.shape.count == parameter.shape.count, parameter.shape.count <= 2 else { return }
      taken["\(layer)/\(parameter.name)"] = OriginalTensor(name: name.name, shape: parameter.shape.reversed())
    }
    originalTensors.merge(taken) { own, _ in own }
  }
}
