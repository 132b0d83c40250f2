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

  /// Takes the names of variables that the graph still has. Where one layer is new and one module of its kind is left
  /// over, as behind a new head, the layer takes over the module's name; other new layers have names of their own.
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
    let names = Graph.taken(by: new, from: left) ?? Graph.own(of: new, beside: Set(originalTensors.values.map(\.name)))
    originalTensors.merge(names) { own, _ in own }
  }

  private typealias Variable = (layer: String, parameter: Parameter)

  /// The names of one module that one new layer takes over; nil where they do not fit.
  private static func taken(
    by new: [Variable], from left: [String: OriginalTensor]
  ) -> [String: OriginalTensor]? {
    guard Set(new.map(\.layer)).count == 1, Set(left.values.map(\.module)).count == 1, new.count == left.count else {
      return nil
    }
    var taken: [String: OriginalTensor] = [:]
    for (layer, parameter) in new {
      let old = left.first { $0.key.hasSuffix("/\(parameter.name)") }?.value
      let shape = originalShape(parameter.shape)
      // Of a convolution only the number of filters may be another one.
      guard let old, old.shape.count == shape.count, shape.count <= 2 || old.shape.dropFirst() == shape.dropFirst()
      else { return nil }
      taken["\(layer)/\(parameter.name)"] = OriginalTensor(name: old.name, shape: shape)
    }
    return taken
  }

  /// `head_dense.weight`, for layers that PyTorch's network does not have; empty where one is not of kernel and bias.
  private static func own(of new: [Variable], beside others: Set<String>) -> [String: OriginalTensor] {
    var names: [String: OriginalTensor] = [:]
    for (layer, parameter) in new {
      guard let variable = ["kernel": "weight", "bias": "bias"][parameter.name], parameter.shape.count <= 2 else {
        return [:]
      }
      let name = "\(layer.split(separator: "/").joined(separator: ".")).\(variable)"
      guard !others.contains(name) else { return [:] }
      names["\(layer)/\(parameter.name)"] = OriginalTensor(name: name, shape: originalShape(parameter.shape))
    }
    return names
  }

  /// (out, in) of (in, out), and (out, in, height, width) of (height, width, in, out).
  private static func originalShape(_ shape: [Int]) -> [Int] { shape.suffix(2).reversed() + shape.dropLast(2) }
}
