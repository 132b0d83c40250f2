import Communication
import Datasets
import Foundation
import HDF5
import Networks
import Tensors

/// The features of one source: of training data by view, of validation and test data one for each sample.
final class FeatureSet {
  /// In memory, or in a file that may be there already from an earlier start of the run.
  enum Place {
    case memory
    case file(String)
  }

  let source: any DataSource
  /// The columns that the features are made of; they take the place of the first.
  let inputs: [String]
  let preparation: Preparation
  let plan: Plan
  let views: Int
  private let place: Place
  /// What the layers before the features are, and how they run.
  private let outline: String
  /// Nil until they are there.
  private(set) var features: FeatureSource?
  /// What is done to features: nothing.
  private(set) var featurePreparation: Preparation?

  /// - Parameter plan: of the layers before the features.
  init(
    _ source: any DataSource, _ inputs: [String], _ preparation: Preparation, _ plan: Plan, outline: String, views: Int,
    place: Place
  ) {
    self.inputs = inputs
    (self.source, self.preparation, self.plan, self.outline) = (source, preparation, plan, outline)
    (self.views, self.place) = (views, place)
  }

  var shape: Shape { plan.outputs[0].shape }
  var count: Int { views * source.count }
  private var position: Int { source.columns.firstIndex { $0.name == inputs[0] }! }
  var bytes: Int { count * shape.count * MemoryLayout<Float>.stride }

  /// Computes the features, or finds those of an earlier start in the file. Collective.
  ///
  /// - Returns: whether they were found.
  func fill(
    _ weights: Weights, _ communicator: any Communicator, _ pool: WorkerPool, _ vote: Vote, shardSize: Int
  ) throws(TrainingError) -> Bool {
    let isFound = try find(weights, communicator, pool, vote, shardSize: shardSize)
    do throws(DataError) { featurePreparation = try Preparation(for: features!) } catch {
      throw TrainingError(.data, error.description)
    }
    return isFound
  }

  private func find(
    _ weights: Weights, _ communicator: any Communicator, _ pool: WorkerPool, _ vote: Vote, shardSize: Int
  ) throws(TrainingError) -> Bool {
    func run(_ receive: (Int, Buffer) throws(TrainingError) -> Void) throws(TrainingError) {
      let extractor = FeatureExtractor(
        plan, weights: weights, communicator: communicator, pool: pool, shardSize: shardSize)
      try extractor.run(source, inputs: inputs, preparation, views: views, receive: receive)
    }
    let size = shape.count
    switch place {
    case .memory:
      let rows = Buffer(count: count * size)
      try run { row, values in rows[row * size..<row * size + values.count].copy(from: values) }
      features = FeatureSource(source, inPlaceOf: position, shape: shape, views: views, rows: .memory(rows))
      return false
    case .file(let path):
      let key = try FeatureKey.make(self, outline, weights, communicator, pool, vote)
      var isFound = try vote.agree { () throws(TrainingError) in communicator.rank == 0 && FeatureSet.holds(path, key) }
      do throws(CommunicationError) { isFound = try communicator.broadcast([isFound ? 1 : 0], from: 0) == [1] } catch {
        throw TrainingError(.ranks, error.description)
      }
      if !isFound {
        // Nobody looks for the file before the first rank has finished it.
        let outcome = Result { () throws(TrainingError) in try write(path, key, on: communicator.rank, run) }
        try vote.agree { () throws(TrainingError) in try outcome.get() }
      }
      features = try vote.agree { () throws(TrainingError) in
        do {
          let dataset = try File(reading: path).root.dataset("features")
          return FeatureSource(source, inPlaceOf: position, shape: shape, views: views, rows: .file(dataset))
        } catch {
          throw TrainingError(
            .data,
            "the features cannot be read: \(error); the folder of the run must be shared by all machines, or set "
              + "featureCache: memory."
          )
        }
      }
      return isFound
    }
  }

  /// Gives the memory back and removes the file.
  ///
  /// - Parameter rank: the first one owns the file.
  func drop(on rank: Int) {
    (features, featurePreparation) = (nil, nil)
    if rank == 0, case .file(let path) = place { try? FileManager.default.removeItem(atPath: path) }
  }

  /// The first rank writes what all compute.
  private func write(
    _ path: String, _ key: String, on rank: Int,
    _ run: ((Int, Buffer) throws(TrainingError) -> Void) throws(TrainingError) -> Void
  ) throws(TrainingError) {
    guard rank == 0 else { return try run { _, _ in } }
    let size = shape.count
    do {
      try File.replace(path) { file in
        let dataset = try file.root.createDataset("features", shape: [count] + shape.dimensions, of: Float.self)
        try run { row, values throws(TrainingError) in
          do {
            try dataset.write(values.values, rows: row..<row + values.count / size)
          } catch {
            throw TrainingError(.run, "the features cannot be kept: \(error); set featureCache: memory or never.")
          }
        }
        try file.root.attributes.set("key", key)
      }
    } catch let error as TrainingError {
      throw error
    } catch {
      throw TrainingError(.run, "the features cannot be kept: \(error); set featureCache: memory or never.")
    }
  }

  /// Whether a file holds features with this key.
  private static func holds(_ path: String, _ key: String) -> Bool {
    guard let root = try? File(reading: path).root else { return false }
    return (try? root.attributes.string("key")) == key
  }
}
