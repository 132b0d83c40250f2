import Networks
import Tensors
import Testing

extension LayerContract.Run {
  /// What lies in dead lanes must not matter, and must not come out as a gradient.
  func checkDeadLanes() {
    forward(garbage: 0.25)
    let outputs = network.outputs.map { tensor in (0..<contract.live).map { tensor.sample($0) } }
    backward()
    let gradients = network.shard.gradients.values
    for (index, tensor) in network.inputGradients.enumerated() where contract.undifferentiated[index] == nil {
      for lane in contract.live..<contract.lanes {
        #expect(
          tensor.sample(lane).allSatisfy { $0 == 0 }, "the gradient of input \(index) is not zero in dead lane \(lane)",
          sourceLocation: location)
      }
    }
    forward(garbage: -3e3)
    let others = network.outputs.map { tensor in (0..<contract.live).map { tensor.sample($0) } }
    #expect(outputs == others, "dead lanes change the outputs", sourceLocation: location)
    #expect(
      outputs.allSatisfy { $0.allSatisfy { $0.allSatisfy(\.isFinite) } }, "outputs are not finite",
      sourceLocation: location)
    backward()
    let ranges = network.weights.table.entries.filter { $0.parameter.kind == .trainable }.map(\.range)
    let same = ranges.allSatisfy { range in range.allSatisfy { gradients[$0] == network.shard.gradients[$0] } }
    #expect(same, "dead lanes change the gradients of parameters, or some were not written", sourceLocation: location)
  }

  /// Compares directional derivatives with central differences.
  func checkGradients(step: Double, tolerance: Double) {
    forward()
    backward()
    let inputGradients = network.inputGradients.map { tensor in (0..<contract.live).map { tensor.sample($0) } }
    let parameterGradients = network.shard.gradients.values

    for index in inputs.indices where contract.undifferentiated[index] == nil {
      let original = inputs[index]
      let directions = original.map { direction($0.count) }
      let numeric = difference(step) { offset in
        self.inputs[index] = zip(original, directions).map { sample, direction in
          zip(sample, direction).map { Float(Double($0) + offset * Double($1)) }
        }
      }
      inputs[index] = original
      let pairs = zip(inputGradients[index], directions).flatMap { Array(zip($0, $1)) }
      compare(numeric, pairs, "input \(index)", tolerance)
    }
    let weights = network.weights
    for entry in weights.table.entries where entry.parameter.kind == .trainable {
      let original = weights[entry].values
      let along = direction(original.count)
      let numeric = difference(step) { offset in
        weights[entry].replace(with: zip(original, along).map { Float(Double($0) + offset * Double($1)) })
      }
      weights[entry].replace(with: original)
      compare(numeric, Array(zip(parameterGradients[entry.range], along)), entry.path, tolerance)
    }
  }

  private func difference(_ step: Double, _ move: (Double) -> Void) -> Double {
    move(step)
    let above = loss()
    move(-step)
    let below = loss()
    return (above - below) / (2 * step)
  }

  private func compare(_ numeric: Double, _ pairs: [(Float, Float)], _ what: String, _ tolerance: Double) {
    let analytic = pairs.reduce(0) { $0 + Double($1.0) * Double($1.1) }
    // The typical size of such a sum of terms of random sign.
    let scale = pairs.reduce(0) { $0 + Double($1.0 * $1.0) * Double($1.1 * $1.1) }.squareRoot()
    #expect(
      abs(numeric - analytic) <= tolerance * scale + 1e-6,
      "the derivative along \(what) is \(analytic), by finite differences \(numeric) (scale \(scale))",
      sourceLocation: location)
  }
}
