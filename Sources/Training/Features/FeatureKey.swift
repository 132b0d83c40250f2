import Communication
import Datasets
import Digests
import Kernels
import Networks
import Synchronization
import Tensors

/// A digest of all that features depend on: the program, the layers and their weights, preprocessing and views, every
/// sample.
enum FeatureKey {
  /// Collective: the ranks share out the samples.
  static func make(
    _ set: FeatureSet, _ outline: String, _ weights: Weights, _ communicator: any Communicator, _ pool: WorkerPool,
    _ vote: Vote
  ) throws(TrainingError) -> String {
    let hash = SHA256()
    hash.update("\(programDigest) \(outline) \(set.views) \(set.shape)")
    for entry in Set(set.plan.steps.flatMap { $0.parameters.map(\.path) }).sorted() {
      let buffer = weights[weights.table.entries.first { $0.path == entry }!]
      hash.update("\(entry) \(buffer.checksum)")
    }
    let own = ShardTree.share(communicator.rank, of: communicator.size, in: 0..<set.source.count)
    let parts = try vote.agree { () throws(TrainingError) in try digests(of: set.source, set.inputs, own, pool) }
    do throws(CommunicationError) {
      for part in try communicator.allGather(parts) { hash.update(part) }
    } catch {
      throw TrainingError(.ranks, error.description)
    }
    return hash.finish()
  }

  /// SHA-256 of what each sample has of some columns, and its label, in hexadecimal digits.
  private static func digests(
    of source: any DataSource, _ inputs: [String], _ samples: Range<Int>, _ pool: WorkerPool
  ) throws(TrainingError) -> [UInt8] {
    let results = Mutex<[[UInt8]]>(Array(repeating: [], count: pool.count))
    let failure = Mutex<DataError?>(nil)
    let positions = inputs.map { name in source.columns.firstIndex { $0.name == name }! }
    pool.run { worker in
      var bytes: [UInt8] = []
      for index in ShardTree.share(worker, of: pool.count, in: samples) {
        do throws(DataError) {
          bytes += SHA256.digest(of: try source.bytes(of: positions, at: index)).utf8
          bytes += "\(source.label(at: index)) ".utf8
        } catch {
          failure.withLock { $0 = $0 ?? error }
          break
        }
      }
      results.withLock { $0[worker] = bytes }
    }
    if let error = failure.withLock({ $0 }) { throw TrainingError(.data, error.description) }
    return results.withLock { $0.flatMap(\.self) }
  }
}
