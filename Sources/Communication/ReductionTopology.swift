/// Between which ranks gradients travel, level by level: on each, the ranks of a group exchange parts of what the level
/// before has left them.
public struct ReductionTopology: Hashable, Sendable {
  public enum Choice: String, Hashable, Sendable, Codable, CaseIterable {
    /// By machines first where there are several with several ranks each, all at once elsewhere.
    case automatic = "auto"
    /// All ranks at once.
    case flat
    /// The ranks of a machine among themselves, then those of the same place on all machines: each machine sends its
    /// sums once, whatever the number of its ranks.
    case machines
  }

  /// Of each level, this rank's group, in the order of ranks.
  let groups: [[Int]]
  /// Of each level, the ranks whose shards every member of the group stands for.
  let members: [[[Int]]]

  /// - Parameters:
  ///   - hostNames: of every rank.
  public init(_ choice: Choice, rank: Int, hostNames: [String]) {
    let all = Array(hostNames.indices)
    guard choice != .flat, let machines = ReductionTopology.machines(hostNames) else {
      (groups, members) = ([all], [all.map { [$0] }])
      return
    }
    let own = machines.first { $0.contains(rank) }!
    let place = own.firstIndex(of: rank)!
    groups = [own, machines.map { $0[place] }]
    members = [own.map { [$0] }, machines]
  }

  /// The ranks of each machine; nil where there are not several machines with equally many neighbouring ranks, several
  /// on each.
  private static func machines(_ hostNames: [String]) -> [[Int]]? {
    var machines: [[Int]] = []
    for (rank, host) in hostNames.enumerated() {
      if rank > 0, host == hostNames[rank - 1] {
        machines[machines.count - 1].append(rank)
      } else {
        machines.append([rank])
      }
    }
    let size = machines[0].count
    guard machines.count > 1, size > 1, machines.allSatisfy({ $0.count == size }) else { return nil }
    return Set(machines.map { hostNames[$0[0]] }).count == machines.count ? machines : nil
  }
}
