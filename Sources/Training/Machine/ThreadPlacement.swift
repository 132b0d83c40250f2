public import Communication
import Tensors

/// How many workers this rank has, and on which processors they stay.
public struct ThreadPlacement: Sendable {
  public let threads: Int
  /// One for each worker; empty where the system moves them.
  public let processors: [Int]

  /// Collective: ranks of a machine that may use the same processors share them out.
  public init(
    _ count: ThreadCount, pinning: Recipe.Pinning, communicator: any Communicator
  ) throws(CommunicationError) {
    let own = Affinity.processors
    let masks = try communicator.allGather(own.flatMap { [UInt8($0 & 255), UInt8($0 >> 8 & 255)] })
    let (rank, hosts) = (communicator.rank, communicator.hostNames)
    let sharers = masks.indices.filter { hosts[$0] == hosts[rank] && masks[$0] == masks[rank] }
    threads =
      switch count {
      case .fixed(let threads): threads
      case .automatic: max(1, own.count / sharers.count)
      }
    // Processors that nobody has bound this process to may belong to another program as well.
    let mayPin = pinning == .always || (pinning == .automatic && Affinity.isBound)
    let start = sharers.firstIndex(of: rank)! * threads
    // A recipe that has not been checked yet may ask for no thread at all.
    processors =
      mayPin && threads > 0 && sharers.count * threads <= own.count ? Array(own[start..<start + threads]) : []
  }

  /// Collective.
  init(_ recipe: Recipe, _ communicator: any Communicator) throws(TrainingError) {
    do {
      try self.init(recipe.threads, pinning: recipe.pin, communicator: communicator)
    } catch {
      throw TrainingError(.run, error.description)
    }
  }

  private init(threads: Int, processors: [Int]) { (self.threads, self.processors) = (threads, processors) }

  /// At most so many workers.
  func limited(to limit: Int) -> ThreadPlacement {
    let threads = max(1, min(threads, limit))
    return ThreadPlacement(threads: threads, processors: Array(processors.prefix(threads)))
  }
}
