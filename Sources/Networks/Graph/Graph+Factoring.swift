import Tensors

extension Graph {
  /// Elements of a kernel whose gradient is worth keeping as factors, and images of a batch, beyond which multiplying
  /// them out on every rank costs more than a sum over the ranks saves.
  private static let (smallestKernel, mostImages) = (1 << 20, 256)
  /// How much smaller the factors must be.
  private static let gain = 4

  /// The same graph where the gradients of large kernels of dense layers are kept as factors, which all ranks then
  /// multiply out for the whole batch: less memory than the gradients, and much less to exchange. The gradients are the
  /// same.
  ///
  /// - Parameter images: of a batch over all ranks, counting empty places.
  public func factoringGradients(images: Int) -> Graph {
    guard images <= Graph.mostImages else { return self }
    let uses = ParameterUses(self)
    var result = self
    for (index, node) in nodes.enumerated() where uses.isUsedOnce(index) {
      guard var dense = node.layer as? Dense, shape(node.inputs[0]).rank == 1 else { continue }
      let (inputs, units) = (shape(node.inputs[0]).channels, dense.units)
      guard inputs * units >= Graph.smallestKernel, Graph.gain * images * (inputs + units) <= inputs * units else {
        continue
      }
      dense.factorsGradient = true
      let fits = result.replace(dense, at: index)
      precondition(fits, "a layer fits its own place")
    }
    return result
  }
}
