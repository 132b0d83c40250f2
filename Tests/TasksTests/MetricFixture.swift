import Foundation
import Networks
import Tasks
import Tensors
import Testing

/// The values of metrics that Keras, scikit-learn or numpy give for outputs and targets
/// (`Tests/Fixtures/keras/write_metrics.py`).
struct MetricFixture: Decodable {
  struct Update: Decodable {
    let outputs: [[Float]]
    let targets: [[Float]]
    let weights: [Float]?
  }

  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    let metric: String
    let arguments: [String: JSONValue]
    let truth: String
    let outputShape: [Int]
    let targetShape: [Int]
    let updates: [Update]
    let values: [Double]

    var testDescription: String {
      "\(metric) \(JSONValue.object(arguments).brief) \(outputShape)\(isWeighted ? " weighted" : "")"
    }
    var output: Shape { Shape(outputShape) }
    var target: Shape { Shape(targetShape) }
    var isWeighted: Bool { updates[0].weights != nil }

    func make() throws -> any Metric {
      try MetricRegistry.metric(.object([metric: .object(arguments)]), output: output, target: target).metric
    }

    /// All samples: output, target, weight.
    var samples: [(output: [Float], target: [Float], weight: Float?)] {
      updates.flatMap { update in
        update.outputs.indices.map { (update.outputs[$0], update.targets[$0], update.weights?[$0]) }
      }
    }

    /// A state that has seen some samples, in a shard whose dead lanes hold what must not be looked at.
    func state(_ metric: any Metric, _ samples: [(output: [Float], target: [Float], weight: Float?)]) throws
      -> MetricState
    {
      var state = try metric.makeState(output: output, target: target, isWeighted: isWeighted)
      let lanes = Layout.lanes(forImages: samples.count)
      let border = Border(top: 1, bottom: 1, left: 2, right: 1)
      let outputs = Tensor(output, lanes: lanes, border: output.rank > 1 ? border : .none)
      let (targets, weights) = (Tensor(target, lanes: lanes), Buffer(count: lanes))
      outputs.fill(1e9)
      targets.fill(1)
      weights.fill(1e9)
      for (lane, sample) in samples.enumerated() {
        outputs.setSample(lane, sample.output)
        targets.setSample(lane, sample.target)
        weights[lane] = sample.weight ?? 1
      }
      metric.update(
        &state, output: outputs, target: targets, live: samples.count, weights: isWeighted ? weights : nil)
      return state
    }
  }

  let cases: [Case]
  let forms: [JSONValue]

  static let all: MetricFixture = {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Fixtures/keras/metrics.json")
    do { return try JSONDecoder().decode(MetricFixture.self, from: Data(contentsOf: file)) } catch {
      fatalError("\(file.path): \(error)")
    }
  }()
}
