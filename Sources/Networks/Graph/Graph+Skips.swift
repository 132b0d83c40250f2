import Tensors

extension Graph {
  /// The values to which a decoder returns on its way from features to the image, from the highest resolution to the
  /// lowest; the last are the features themselves.
  ///
  /// Of each resolution it is the last value through which everything goes, such as the sum at the end of a stage of a
  /// ResNet; where branches leave none, the last one. A resolution is a height that is at least half as large again as
  /// the one below. Padding is no resolution, and the image, which nothing has been learned of, no value.
  package func skipConnections(before features: Value) -> [Value] {
    let isNeeded = ancestors(of: features)
    let isLearned = learnedValues
    let heights = nodes.indices.map { index -> Int in
      let shape = shape(Value(node: index))
      let isMap = isNeeded[index] && isLearned[index] && shape.rank == 3
      return isMap && !(nodes[index].layer is ZeroPadding2D) && !(nodes[index].layer is Input) ? shape.height : 0
    }
    // Nothing behind such a node reads what lies before it.
    var earliestRead = nodes.count
    let isPassedByAll = nodes.indices.reversed().map { index in
      defer {
        if isNeeded[index] { earliestRead = nodes[index].inputs.reduce(earliestRead) { min($0, $1.node) } }
      }
      return earliestRead >= index
    }
    func isAll(_ index: Int) -> Bool { isPassedByAll[nodes.count - 1 - index] }
    var skips = [features]
    while true {
      let height = shape(skips[0]).height
      let larger = nodes.indices.prefix(skips[0].node).filter { 2 * heights[$0] >= 3 * height }
      guard let last = larger.last else { return skips }
      let same = larger.filter { 2 * heights[$0] < 3 * heights[last] && 2 * heights[last] < 3 * heights[$0] }
      skips.insert(Value(node: same.last(where: isAll) ?? last), at: 0)
    }
  }

  /// The map that a value of one place was pooled of; the value itself where there is none.
  package func places(behind value: Value) -> Value {
    var current = value
    while shape(current).rank == 3, shape(current).height * shape(current).width == 1 {
      let node = nodes[current.node]
      guard node.inputs.count == 1 else { return value }
      current = node.inputs[0]
      if node.layer is GlobalAveragePooling2D || node.layer is GlobalMaxPooling2D { return current }
    }
    return value
  }

  /// For each node, whether its value depends on something that training moves, frozen or not.
  private var learnedValues: [Bool] {
    nodes.reduce(into: []) { result, node in
      result.append(node.signature.parameters.contains { !$0.isState } || node.inputs.contains { result[$0.node] })
    }
  }
}
