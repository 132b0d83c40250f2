import Communication
import Foundation
import Synchronization
import Tensors

/// Work on many items of which each is done once, by one of the threads of one of the ranks.
struct SharedWork {
  let communicator: any Communicator
  let pool: WorkerPool

  /// The results for 0..<count, on every rank, whoever has computed them. Collective; `count` is the same on all ranks.
  func map<Value: Codable & Sendable>(
    _ count: Int, _ body: @escaping @Sendable (Int) -> Value
  ) throws(TrainingError) -> [Value] {
    let own = Array(stride(from: communicator.rank, to: count, by: communicator.size))
    let results = Mutex<[Int: Value]>([:])
    let next = Atomic(0)
    pool.run { _ in
      while true {
        let place = next.add(1, ordering: .relaxed).oldValue
        guard place < own.count else { return }
        let value = body(own[place])
        results.withLock { $0[place] = value }
      }
    }
    do {
      let values = results.withLock { results in own.indices.map { results[$0]! } }
      let parts = try communicator.allGather([UInt8](try JSONEncoder().encode(values))).map {
        try JSONDecoder().decode([Value].self, from: Data($0))
      }
      return (0..<count).map { parts[$0 % communicator.size][$0 / communicator.size] }
    } catch {
      throw TrainingError(.ranks, "what the ranks have found out about the data could not be gathered: \(error)")
    }
  }
}
