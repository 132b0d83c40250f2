internal import Tensors

/// The steps that combine adjacent nodes as far up the shard tree as they reach.
///
/// Values live in slots, one for each of the given nodes; a step combines two slots into the left one.
struct Folding: Sendable {
  struct Step: Sendable {
    let left: Int
    let right: Int
  }

  struct Result: Sendable {
    let node: ShardTree.Node
    let slot: Int
  }

  let steps: [Step]
  /// The nodes that remain, from left to right, and where their values are. The first one is in slot 0.
  let results: [Result]

  /// - Parameter nodes: adjacent, from left to right.
  init(_ nodes: [ShardTree.Node], in tree: ShardTree) {
    for (left, right) in zip(nodes, nodes.dropFirst()) {
      precondition(tree.span(of: left).upperBound == tree.span(of: right).lowerBound, "nodes that are not adjacent")
    }
    var steps: [Step] = []
    var stack: [Result] = []
    for (slot, node) in nodes.enumerated() {
      stack.append(Result(node: node, slot: slot))
      while stack.count > 1, let parent = tree.parent(stack[stack.count - 2].node, stack[stack.count - 1].node) {
        let right = stack.removeLast()
        let left = stack.removeLast()
        steps.append(Step(left: left.slot, right: right.slot))
        stack.append(Result(node: parent, slot: left.slot))
      }
    }
    (self.steps, results) = (steps, stack)
  }

  /// Sums one range of the slots' buffers; every sum is rounded.
  func sum(_ slots: [Buffer], range: Range<Int>, precision: GradientPrecision) {
    for step in steps {
      slots[step.left].add(slots[step.right], range: range)
      slots[step.left].round(to: precision, range: range)
    }
  }
}
