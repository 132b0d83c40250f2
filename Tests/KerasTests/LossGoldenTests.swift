import Foundation
import HDF5
import Keras
import Networks
import Tensors
import Testing

/// Losses and gradients that Keras computed, of every loss with several arguments, on vectors and images, and at edges:
/// those of Tests/Fixtures/keras/write_losses.py.
@Suite struct LossGoldenTests {
  private struct Case: Decodable {
    let `class`: String
    let arguments: [String: JSONValue]
    let shape: [Int]
    let images: Int
    let isEdge: Bool
    /// Where its predictions, targets and gradients begin among those of all cases, and its losses.
    let start: Int
    let firstTarget: Int
    let firstLoss: Int
    let classWeights: [Double]?
    /// Whether its numbers are those of the whole batch: of each image the same loss.
    let pooled: Bool?
    let imageWeights: [Float]?

    var label: String { "\(`class`) \(arguments.mapValues(\.brief)) of \(shape)" }
  }

  private let cases: [Case]
  private let predictions: [Float], targets: [Float], gradients: [Float]
  private let losses: [Double]

  init() throws {
    let root = try File(reading: fixture("losses.h5")).root
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    cases = try decoder.decode([Case].self, from: Data(root.dataset("cases").read(UInt8.self)))
    predictions = try root.dataset("predictions").read(Float.self)
    targets = try root.dataset("targets").read(Float.self)
    gradients = try root.dataset("gradients").read(Float.self)
    losses = try root.dataset("losses").read(Double.self)
  }

  @Test func everyLossIsCompared() throws {
    let compared = Set(cases.map(\.class))
    for name in LossRegistry.names {
      let loss = try LossRegistry.loss(.string(name))
      #expect(compared.contains(type(of: loss).kerasName), "\(name) is not among the cases")
    }
  }

  /// Largest differences: of a loss, as a part of it, or of 1 where it is less; of a gradient, as a part of its largest
  /// element. Measured: 1.1e-7 and 2.8e-7.
  @Test func agreesWithKeras() throws {
    var worst = (loss: 0.0, gradient: 0.0)
    for trial in cases {
      var (losses, gradients) = try run(trial)
      if trial.pooled == true {
        let sum = losses.indices.reduce(Float(0)) { $0 + losses[$1] * (trial.imageWeights?[$1] ?? 1) }
        losses = losses.map { _ in sum / Float(trial.images) }
      }
      for (image, loss) in losses.enumerated() {
        let wanted = self.losses[trial.firstLoss + image]
        let difference = abs(Double(loss) - wanted) / max(1, abs(wanted))
        #expect(difference <= 1e-6, "\(trial.label), image \(image): \(loss), but Keras has \(wanted)")
        worst.loss = max(worst.loss, difference)
      }
      let wanted = self.gradients[trial.start..<trial.start + gradients.count]
      let difference = Double(KerasTests.difference(gradients, Array(wanted)))
      // A gradient of zeros must be one.
      let isZero = wanted.allSatisfy { $0 == 0 }
      #expect(
        isZero ? gradients.allSatisfy { abs($0) < 1e-7 } : difference <= 2e-6,
        "\(trial.label): \(gradients.prefix(12)), but Keras has \(wanted.prefix(12)) (\(difference))")
      if !isZero { worst.gradient = max(worst.gradient, difference) }
    }
    print("losses differ from Keras's by \(worst.loss), gradients by \(worst.gradient)")
  }

  private func run(_ trial: Case) throws -> (losses: [Float], gradients: [Float]) {
    let shape = Shape(trial.shape)
    var arguments = trial.arguments
    if trial.pooled == true { arguments["denominator"] = "batch" }
    var loss = try LossRegistry.loss(
      .object(["class_name": .string(trial.class), "config": .object(arguments)]))
    if let weights = trial.classWeights {
      var weighted = try #require(loss as? any ClassWeightedLoss)
      weighted.classWeights = weights
      loss = weighted
    }
    var graph = Graph(name: "loss")
    let inputs = [
      try graph.append(Input(shape), named: "predictions", inputs: []),
      try graph.append(Input(loss.targetShape(for: [shape])), named: "target", inputs: []),
    ]
    graph.setOutputs([try graph.append(loss, named: "loss", inputs: inputs)])
    var planner = Planner()
    planner.wantsInputGradients = true
    let plan = try planner.plan(graph, lanes: 16, mode: .training)
    let network = Network(plan, weights: Weights(ParameterTable(graph)))
    let values = network.run(
      [(predictions, trial.start), (targets, trial.firstTarget)].enumerated().map { input, values in
        let count = graph.inputShapes[input].count
        return Golden.Array(
          samples: (0..<trial.images).map { image in
            let start = values.1 + image * count
            return Array(values.0[start..<start + count])
          })
      })
    for lane in 0..<16 {
      let weight = lane < trial.images ? trial.imageWeights?[lane] ?? 1 : 0
      network.outputGradients[0].setSample(lane, [weight / Float(trial.images)])
    }
    network.backward { _ in }
    return (values[0], (0..<trial.images).flatMap { network.inputGradients[0].sample($0) })
  }
}
