import Foundation
import HDF5
import Keras
import Networks
import Tensors

/// Files written by Keras, in Tests/Fixtures/keras.
func fixture(_ name: String) -> String {
  URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Fixtures/keras/\(name)").standardized.path
}

/// A path in a folder of its own, which goes when the body ends.
func withTemporaryPath<Result>(_ body: (_ path: String) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appending(path: "convoy-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder.appending(path: "model.h5").path)
}

func graph(_ json: String) throws -> Graph {
  try Graph(kerasModel: JSONDecoder().decode(JSONValue.self, from: Data(json.utf8)))
}

/// Samples of (C, positions), one after the other, as (positions, C), for a shape of the latter.
func channelsLast(_ values: [Float], _ shape: Shape) -> [Float] {
  let positions = shape.count / shape.channels
  return values.indices.map { index in
    let (sample, place) = (index / shape.count, index % shape.count)
    return values[sample * shape.count + place % shape.channels * positions + place / shape.channels]
  }
}

/// Arrays that Keras computed: `inputs/0`, `inputs/1`, ... of one golden file.
struct Golden {
  struct Array {
    /// One element per sample.
    let samples: [[Float]]
    var values: [Float] { samples.flatMap(\.self) }

    /// Samples of (C, positions) as (positions, C), for a shape of the latter.
    func channelsLast(_ shape: Shape) -> Array {
      Array(samples: samples.map { KerasTests.channelsLast($0, shape) })
    }
  }

  let root: Group

  init(_ name: String) throws { root = try File(reading: fixture(name)).root }

  func arrays(_ path: String) throws -> [Array] {
    let group = try root.group(path)
    return try group.names().sorted { Int($0)! < Int($1)! }.map { try array($0, in: group) }
  }

  func values(_ path: String) throws -> [Float] { try root.dataset(path).read() }

  private func array(_ name: String, in group: Group) throws -> Array {
    let dataset = try group.dataset(name)
    let values = try dataset.read(Float.self)
    let count = dataset.rowCount
    return Array(samples: (0..<dataset.shape[0]).map { Swift.Array(values[$0 * count..<($0 + 1) * count]) })
  }
}

extension KerasModel {
  func loadedWeights() throws -> Weights {
    let weights = Weights(ParameterTable(graph))
    try load(into: weights)
    return weights
  }
}

extension Weights {
  /// Every parameter by its path.
  var byPath: [String: [Float]] {
    Dictionary(uniqueKeysWithValues: table.entries.map { ($0.path, self[$0].values) })
  }
}

extension Network {
  /// Runs forward, one sample per lane; dead lanes hold zeros.
  func run(_ inputs: [Golden.Array]) -> [[Float]] {
    let count = inputs[0].samples.count
    shard.live = count
    prepare()
    beginInputs()
    for (tensor, array) in zip(self.inputs, inputs) {
      for lane in 0..<tensor.lanes {
        let dead = [Float](repeating: 0, count: tensor.shape.count)
        tensor.setSample(lane, lane < count ? array.samples[lane] : dead)
      }
    }
    forward()
    return outputs.map { output in (0..<count).flatMap { output.sample($0) } }
  }
}

/// The largest difference, as a part of the largest magnitude.
func difference(_ values: [Float], _ wanted: [Float]) -> Float {
  guard values.count == wanted.count else { return .infinity }
  var largest: Float = 0
  for (value, other) in zip(values, wanted) {
    let step = abs(value - other)
    largest = step.isFinite ? max(largest, step) : .infinity
  }
  return largest / (wanted.map(abs).max() ?? 1)
}
