import Communication
import Foundation
package import Tensors

/// Compares what the ranks need with what there is, those of one machine together.
package struct MemoryCheck: Sendable {
  /// A rank as it describes itself.
  package struct Rank: Hashable, Sendable, Codable {
    package let host: String
    package let process: Int32
    package let threads: Int
    package let state: MemoryState

    package init(host: String, process: Int32, threads: Int, state: MemoryState) {
      (self.host, self.process, self.threads, self.state) = (host, process, threads, state)
    }
  }

  /// A limit that some ranks together would exceed.
  package struct Shortage: Hashable, Sendable {
    package let ranks: [Int]
    package let host: String
    package let limit: String
    /// Bytes, of these ranks in all.
    package let needed: Int
    package let available: Int
  }

  package let ranks: [Rank]

  package init(_ ranks: [Rank]) { self.ranks = ranks }

  /// Collective.
  ///
  /// - Parameter state: of this rank's process and machine.
  init(_ communicator: any Communicator, threads: Int, state: MemoryState = .current) throws(TrainingError) {
    let own = Rank(
      host: communicator.hostNames[communicator.rank], process: ProcessInfo.processInfo.processIdentifier,
      threads: threads,
      state: state)
    do {
      let reports = try communicator.allGather([UInt8](JSONEncoder.ofNumbers.encode(own)))
      ranks = try reports.map { try JSONDecoder.ofNumbers.decode(Rank.self, from: Data($0)) }
    } catch {
      throw TrainingError(.ranks, "the ranks could not tell each other how much memory they have: \(error)")
    }
  }

  /// The worst that is too little; nil where all is well.
  ///
  /// - Parameter needed: bytes of each rank, with what it holds already.
  package func shortage(_ needed: [Int]) -> Shortage? {
    var worst: (shortage: Shortage, ratio: Double)?
    for (rank, report) in ranks.enumerated() {
      for limit in report.state.limits {
        let sharers = self.sharers(of: limit, of: rank)
        guard sharers.first == rank else { continue }
        let held = sharers.reduce(0) { $0 + ranks[$1].state.resident }
        let all = sharers.reduce(0) { $0.saturatedSum(needed[$1]) }
        let extra = limit.isShared ? 0 : MemoryCheck.promised(threads: report.threads)
        let more = sharers.reduce(extra) { $0.saturatedSum(max(0, needed[$1] - ranks[$1].state.resident)) }
        // Ranks see a shared limit at different times.
        let left = sharers.compactMap { other in ranks[other].state.limits.first { $0.name == limit.name }?.left }
          .min()!
        let ratio = Double(more) / Double(max(1, left))
        guard more > left, ratio > worst?.ratio ?? 0 else { continue }
        let shortage = Shortage(
          ranks: sharers, host: report.host, limit: limit.name, needed: all.saturatedSum(extra),
          available: left.saturatedSum(held))
        worst = (shortage, ratio)
      }
    }
    return worst?.shortage
  }

  /// The ranks under one limit: all on the machine that see it, or those of one process.
  private func sharers(of limit: MemoryLimit, of rank: Int) -> [Int] {
    ranks.indices.filter { other in
      ranks[other].host == ranks[rank].host && (limit.isShared || ranks[other].process == ranks[rank].process)
        && ranks[other].state.limits.contains { $0.name == limit.name }
    }
  }

  /// Bytes that a process has promised to it beside what it fills: the stacks of its workers and of the threads that
  /// load.
  private static func promised(threads: Int) -> Int { (2 * threads + 4) * (8 << 20) }
}

extension MemoryCheck.Shortage {
  /// `rank 2 on node7 needs 8.0 GiB of memory, but the machine leaves 4.0 GiB`
  package var text: String {
    let names = ranks.count == 1 ? "rank \(ranks[0])" : "ranks \(ranks.map(String.init).joined(separator: ", "))"
    return "\(names) on \(host) \(ranks.count == 1 ? "needs" : "need") \(needed.bytes) of memory"
      + "\(ranks.count == 1 ? "" : " together"), but \(limit) leaves \(available.bytes)"
  }
}
