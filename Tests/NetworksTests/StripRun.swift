import Kernels
import Networks
import Tensors

/// A step of a network on whole images, or on strips of them.
struct StripRun {
  let plan: Plan
  /// Outputs, moments of batch norms, gradients of parameters and gradients of inputs, by name.
  private(set) var values: [(name: String, numbers: [Float])] = []

  /// - Parameters:
  ///   - isExact: small whole numbers for inputs, gradients and weights, with which no sum rounds.
  ///   - strips: nil for whole images.
  init(
    _ graph: Graph, strips: Strips?, live: Int, memory: MemoryUse = .fast, mode: Mode = .training,
    isExact: Bool = false
  ) throws {
    var planner = Planner()
    (planner.strips, planner.memory) = (strips, memory)
    (planner.guardFloats, planner.wantsInputGradients) = (16, mode == .training)
    plan = try planner.plan(graph, lanes: 16, mode: mode)
    let weights = Weights(ParameterTable(graph))
    weights.initialize(seed: 3)
    var random = RandomStream(seed: 4, purpose: .synthesis)
    for entry in weights.table.entries where isExact {
      // About three that are not zero for each sum, so that sums stay small.
      let choices = min(16, max(2, entry.parameter.count / (entry.parameter.shape.last ?? 1) / 2))
      for index in 0..<entry.parameter.count {
        let choice = random.integer(below: choices)
        weights[entry][index] = choice == 0 ? 1 : choice == 1 ? -1 : 0
      }
    }
    let network = Network(plan, weights: weights, guarding: true)
    network.prepare()
    network.shard.gradients = Buffer(count: weights.table.trainableCount)
    (network.shard.live, network.shard.seed) = (live, 5)
    func fill(_ tensor: Tensor, dead: Float) {
      for lane in 0..<16 {
        let numbers = (0..<tensor.shape.count).map { _ in
          isExact ? Float(random.integer(below: 5)) - 2 : random.normal()
        }
        tensor.setSample(lane, lane < live ? numbers : numbers.map { _ in dead })
      }
    }
    network.beginInputs()
    network.inputs.forEach { fill($0, dead: 7) }
    network.forward()
    let results = graph.predictions.isEmpty ? network.outputs : network.predictions
    for (index, tensor) in results.enumerated() { values.append(("output \(index)", network.read(tensor))) }
    guard mode == .training else { return }
    values.append(("moments", network.momentStorage.values))
    network.outputGradients.forEach { fill($0, dead: 0) }
    network.backward { _ in }
    for entry in weights.table.entries where entry.parameter.kind == .trainable {
      values.append(("gradient of \(entry.path)", network.shard.gradients[entry.range].values))
    }
    for (index, tensor) in network.inputGradients.enumerated() {
      values.append(("gradient of input \(index)", network.read(tensor)))
    }
  }

  /// The largest difference of each value, relative to its largest number. Some gradients are sums that cancel, such
  /// as that of a bias in front of a batch norm: they count as a thousandth of the largest one.
  func differences(from other: StripRun) -> [(name: String, difference: Float)] {
    func size(_ numbers: [Float]) -> Float { numbers.map(abs).max() ?? 0 }
    let largest = other.values.filter { $0.name.hasPrefix("gradient") }.map { size($0.numbers) }.max() ?? 0
    return zip(values, other.values).map { own, wanted in
      // Keeps what is not a number.
      let difference = zip(own.numbers, wanted.numbers).map { abs($0 - $1) }.reduce(0) { $1 <= $0 ? $0 : $1 }
      let least = own.name.hasPrefix("gradient") ? largest / 1000 : 0
      return (own.name, difference / max(size(wanted.numbers), least, .leastNormalMagnitude))
    }
  }
}
