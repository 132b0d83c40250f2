import Kernels
import Tensors

/// A layer with a kernel whose last axes are its output channels. At inference, and in training where neither is
/// reached by gradients, a batch normalisation behind it becomes part of kernel and bias:
///
///     kernel' = kernel * s,  bias' = (bias - mean) * s + beta,  s = gamma / sqrt(variance + epsilon)
protocol NormalizationFolding: Layer {
  /// The same layer with a bias.
  var biased: Self { get }
}

/// The place of a batch normalisation that has become part of the layer before it.
struct FoldedNormalization: Sendable {
  let layer: BatchNormalization
  let parameters: [ParameterTable.Entry]
  /// The kernel while it is packed, and the bias for ever.
  let kernelStorage: Int
  let biasStorage: Int
}

/// The same with its memory.
struct FoldingCall: Sendable {
  let normalization: Kernels.BatchNormalization
  let mean: Buffer, variance: Buffer
  let kernel: Buffer, bias: Buffer?
  let foldedKernel: Buffer, foldedBias: Buffer

  func fold() {
    normalization.fold(
      kernel: kernel, bias: bias, mean: mean, variance: variance, into: foldedKernel, foldedBias)
  }
}

extension Graph {
  /// The same graph with batch normalisations at inference folded into the layers before them, which get a bias; what
  /// was folded stays as an identity.
  ///
  /// - Parameters:
  ///   - keeping: layers whose own outputs are wanted.
  ///   - isActive: for each node, whether backward runs through it; such nodes are left alone.
  /// - Returns: also the normalisations, by the name of the layer that they are folded into.
  func foldingNormalizations(keeping: Set<String>, isActive: [Bool], mode: Mode) -> (
    graph: Graph, folded: [String: Node]
  ) {
    let readers = consumers()
    var result = self
    var folded: [String: Node] = [:]
    for (index, node) in nodes.enumerated() {
      let value = Value(node: index)
      guard let layer = node.layer as? any NormalizationFolding, let next = readers[value], next.count == 1,
        !isWanted(value), !keeping.contains(node.name),
        let normalization = nodes[next[0]].layer as? BatchNormalization,
        !isActive[index], !isActive[next[0]], mode == .inference || normalization.usesMovingStatistics,
        normalization.normalizesLastAxis(of: node.signature.outputs[0])
      else { continue }
      let fits = result.replace(layer.biased, at: index) && result.replace(Activation(.linear), at: next[0])
      precondition(fits, "a layer that fitted fits no more")
      folded[node.name] = nodes[next[0]]
    }
    return (result, folded)
  }
}
