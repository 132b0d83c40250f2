import Kernels
import Tensors

extension Graph {
  /// The same graph with rectifiers joined with what alone reads them, where that is better at it: a pooling tells from
  /// its maxima which gradients pass, so that nobody keeps the larger image. What was absorbed stays as an identity.
  ///
  /// - Parameter keeping: layers whose own outputs are wanted.
  func absorbingRectifiers(keeping: Set<String>) -> Graph {
    let readers = consumers()
    var result = self
    for index in nodes.indices {
      guard let maximum = ActivationFunction.rectifierMaximum(of: nodes[index].layer), maximum > 0,
        let reader = onlyReader(of: index, readers, keeping),
        let joined = (nodes[reader].layer as? any RectifierAbsorbing)?.absorbing(rectifier: maximum)
      else { continue }
      result.mustReplace(joined, at: reader)
      result.mustReplace(Activation(.linear), at: index)
    }
    return result
  }

  /// The same graph with layers joined where one absorbs its only reader; what was absorbed stays as an identity.
  ///
  /// - Parameter keeping: layers whose own outputs are wanted.
  func fusing(keeping: Set<String>, mode: Mode) -> Graph {
    let readers = consumers()
    var layers = nodes.map(\.layer)
    for index in nodes.indices {
      let inputs = nodes[index].inputs.map(shape)
      guard let reader = onlyReader(of: index, readers, keeping),
        let joined = layers[index].absorbing(layers[reader], inputs: inputs)
          ?? absorbed(layers[reader], by: layers[index], inputs: inputs, mode: mode),
        let signature = try? joined.signature(of: inputs)
      else { continue }
      // At inference there are no gradients that somebody else might read.
      if mode == .training, signature.overwritesOutputGradient, !ownsGradient(reader, readers) { continue }
      (layers[index], layers[reader]) = (joined, Activation(.linear))
    }
    return replacing(layers)
  }

  private func absorbed(_ next: any Layer, by layer: any Layer, inputs: [Shape], mode: Mode) -> (any Layer)? {
    guard mode == .inference else { return nil }
    return (layer as? any FusingConvolution)?.absorbing(atInference: next, inputs: inputs)
  }

  /// The node that alone reads the output of another one, identities in between left out.
  private func onlyReader(of index: Int, _ readers: [Value: [Int]], _ keeping: Set<String>) -> Int? {
    var index = index
    while true {
      let value = Value(node: index)
      guard let next = readers[value], next.count == 1, !isWanted(value), !keeping.contains(nodes[index].name)
      else { return nil }
      guard (nodes[next[0]].layer as? Activation)?.activation == .linear else { return next[0] }
      index = next[0]
    }
  }

  /// Whether the gradient of a node's output will be in memory that no other node reads: several readers add theirs up
  /// in memory of its own, and so does the loss.
  private func ownsGradient(_ index: Int, _ readers: [Value: [Int]]) -> Bool {
    guard let next = readers[Value(node: index)], next.count == 1 else { return true }
    switch nodes[next[0]].signature.backwardAliasing {
    case .separate, .inPlace: return true
    case .view where nodes[next[0]].inputs.count == 1: return ownsGradient(next[0], readers)
    case .parts, .inside: return ownsGradient(next[0], readers)
    case .view, .merged: return false
    }
  }
}
