import Kernels
import Tensors

extension Graph {
  /// A loss behind a model: what it reads.
  public struct Loss: Sendable {
    /// Of the node.
    public var name: String
    public var layer: any LossLayer
    /// Positions among the outputs of the model.
    public var outputs: [Int]
    /// Position among the targets; several losses may read one.
    public var target: Int

    public init(name: String, layer: any LossLayer, outputs: [Int], target: Int) {
      (self.name, self.layer, self.outputs, self.target) = (name, layer, outputs, target)
    }
  }

  /// The graph that trains and measures: this one with its losses behind it.
  ///
  /// Its inputs are those of the model and then the targets, its outputs the losses, one number for each image, and
  /// its `predictions` the outputs of the model. A softmax or sigmoids that such an output ends in become part of the
  /// losses that read it, where all of them can do that: computed in one pass from the logits, neither overflows nor
  /// rounds twice; `predictions` then holds the logits. Targets and losses come last, so that layers keep their
  /// numbers, and parameters their places.
  public func trained(with losses: [Loss]) throws(ShapeError) -> Graph {
    precondition(!losses.isEmpty && predictions.isEmpty)
    var (result, losses) = (self, losses)
    for output in outputs.indices {
      let readers = losses.indices.filter { losses[$0].outputs.contains(output) }
      guard let ending = ending(of: output), isAlone(ending, output) else { continue }
      let absorbed = readers.map { losses[$0].outputs.count == 1 ? losses[$0].layer.absorbing(ending.activation) : nil }
      guard !readers.isEmpty, absorbed.allSatisfy({ $0 != nil }) else { continue }
      for (reader, layer) in zip(readers, absorbed) { losses[reader].layer = layer! }
      result.mustReplace(nodes[ending.value.node].layer.withoutActivation, at: ending.value.node)
    }
    var targets: [Int: Value] = [:]
    for loss in losses where targets[loss.target] == nil {
      let shape = try loss.layer.targetShape(for: loss.outputs.map { self.shape(outputs[$0]) })
      targets[loss.target] = try result.append(
        Input(shape), named: result.free("target/\(targets.count)"), inputs: [])
    }
    result.setInputs(inputs + targets.keys.sorted().map { targets[$0]! })
    result.predictions = outputs
    var ends: [Value] = []
    for loss in losses {
      let values = loss.outputs.map { outputs[$0] } + [targets[loss.target]!]
      ends.append(try result.append(loss.layer, named: result.free("loss/\(loss.name)"), inputs: values))
    }
    result.setOutputs(ends)
    return result
  }

  /// Whether nothing but the losses reads what an output ends in.
  private func isAlone(_ ending: Ending, _ output: Int) -> Bool {
    let readers = consumers()
    return ([ending.value] + ending.covers).allSatisfy { value in
      value == outputs[output]
        ? readers[value] == nil && outputs.count { $0 == value } == 1
        : readers[value]?.count == 1 && !outputs.contains(value)
    }
  }
}
