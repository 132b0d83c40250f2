import HDF5
import Keras
import Networks
import Tensors
import Training

/// Samples of a file on their way through a model, sixteen at a time.
struct ForwardRun {
  private let inference: Inference
  private let outputs: [Shape]
  private let keeping: [String]
  /// For each input of the model, all samples one after the other.
  private let samples: [[Float]]
  private let count: Int
  /// Outputs whose channels are first in the model's file.
  private let turnedOutputs: Set<Int>

  /// Of the samples in a file, for models that leave sizes open.
  static func sampleSizes(in path: String) throws -> OpenSizes {
    let file = try File(reading: path)
    var sizes: [[Int]] = []
    while try file.root.kind(of: "inputs/\(sizes.count)") == .dataset {
      sizes.append(Array(try file.root.dataset("inputs/\(sizes.count)").shape.dropFirst()))
    }
    return .samples(sizes)
  }

  init(_ model: LoadedModel, inputs path: String, keeping: [String]) throws {
    let file = try File(reading: path)
    var planner = Planner()
    planner.keeping = Set(keeping)
    planner.images = try max(1, min(Layout.laneMultiple, ForwardRun.count(of: model.graph.inputs.count, in: file)))
    let plan: Plan
    do {
      plan = try planner.plan(model.graph, lanes: Layout.laneMultiple, mode: .inference)
    } catch {
      throw TrainingError(.configuration, "--layers: \(error.description)")
    }
    self.keeping = keeping
    try model.requireMemory(plan, samples: ForwardRun.bytes(plan, in: file))
    inference = Inference(plan, weights: model.weights)
    outputs = model.graph.outputShapes
    var samples: [[Float]] = []
    var counts: [Int] = []
    turnedOutputs = model.graph.channelsFirstOutputs
    for (index, layout) in model.graph.inputShapes.enumerated() {
      let isTurned = model.graph.channelsFirstInputs.contains(index)
      let shape = isTurned ? layout.movingLastAxisFirst : layout
      let dataset = try file.root.dataset("inputs/\(index)")
      guard Array(dataset.shape.dropFirst()) == shape.dimensions, dataset.shape.count == shape.rank + 1 else {
        let wanted = (["N"] + shape.dimensions.map(String.init)).joined(separator: ", ")
        throw TrainingError(
          .data,
          "\(path): /inputs/\(index) has shape \(dataset.shape), but the model takes samples of shape \(shape); give "
            + "it the shape (\(wanted))."
        )
      }
      let values: [Float] = try dataset.read()
      samples.append(isTurned ? ForwardRun.exchange(values, rows: layout.channels, of: layout.count) : values)
      counts.append(dataset.shape[0])
    }
    guard let count = counts.first, counts.allSatisfy({ $0 == count }), count > 0 else {
      throw TrainingError(
        .data,
        "\(path): the inputs hold \(counts.map(String.init).joined(separator: ", ")) samples; give each the same "
          + "number, at least 1."
      )
    }
    (self.samples, self.count) = (samples, count)
    try checkNumbers(model.graph, path)
  }

  /// Samples of a file for a model with so many inputs.
  private static func count(of inputs: Int, in file: File) throws -> Int {
    try inputs == 0 ? 0 : file.root.dataset("inputs/0").shape.first ?? 0
  }

  /// Bytes of all inputs, outputs and activations that are kept; arrays that grow take up to twice as much.
  private static func bytes(_ plan: Plan, in file: File) throws -> Int {
    let inputs = try plan.inputs.indices.reduce(0) {
      $0.saturatedSum(try file.root.dataset("inputs/\($1)").shape.saturatedProduct)
    }
    let count = try count(of: plan.inputs.count, in: file)
    let made = (plan.outputs + plan.kept.values).reduce(0) {
      $0.saturatedSum([2, count, $1.shape.count].saturatedProduct)
    }
    return [inputs.saturatedSum(made), MemoryLayout<Float>.stride].saturatedProduct
  }

  /// Refuses numbers for which an embedding that reads them has no vector.
  private func checkNumbers(_ graph: Graph, _ path: String) throws {
    for node in graph.nodes {
      guard let layer = node.layer as? Embedding, let input = graph.inputs.firstIndex(of: node.inputs[0]) else {
        continue
      }
      let place = samples[input].firstIndex { !($0 > -1 && $0 < Float(layer.inputs)) }
      guard let place else { continue }
      throw TrainingError(
        .data,
        "\(path): /inputs/\(input) holds \(samples[input][place]) at place \(place), but layer '\(node.name)' has "
          + "vectors for 0 to \(layer.inputs - 1) only; give it such numbers."
      )
    }
  }

  /// Runs all samples and writes the results, whole or not at all.
  func write(to path: String) throws {
    let results = inference.run(samples)
    try File.replace(path) { file in
      for (index, shape) in outputs.enumerated() {
        guard turnedOutputs.contains(index) else {
          try file.root.write("outputs/\(index)", results.outputs[index], shape: [count] + shape.dimensions)
          continue
        }
        try file.root.write(
          "outputs/\(index)",
          ForwardRun.exchange(results.outputs[index], rows: shape.count / shape.channels, of: shape.count),
          shape: [count] + shape.movingLastAxisFirst.dimensions)
      }
      for name in keeping {
        try file.root.write(
          "activations/\(name)", results.kept[name]!, shape: [count] + inference.keptShapes[name]!.dimensions)
      }
    }
  }

  /// Samples as matrices of so many rows, their rows made columns: between channels first and channels last.
  private static func exchange(_ values: [Float], rows: Int, of size: Int) -> [Float] {
    let columns = size / rows
    return values.indices.map { index in
      let (sample, place) = (index / size, index % size)
      return values[sample * size + place % rows * columns + place / rows]
    }
  }
}
