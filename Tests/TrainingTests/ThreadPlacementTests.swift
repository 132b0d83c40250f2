import Communication
import Tensors
import TestSupport
import Testing
import Training

@Suite struct ThreadPlacementTests {
  /// Ranks that share processors get as many of their own as there are for each, and only if there are enough.
  @Test(arguments: [1, 2, 3]) func ranksShareProcessors(ranks: Int) throws {
    let processors = Affinity.processors
    let members = InProcessCommunicator.group(size: ranks)
    let threads = max(1, processors.count / ranks)
    for (count, pinning) in [
      (ThreadCount.automatic, Recipe.Pinning.always), (.fixed(threads), .always), (.automatic, .never),
    ] {
      let placements = Buffer(count: ranks * threads)
      placements.fill(-1)
      let sizes = Buffer(count: ranks)
      WorkerPool(count: ranks).run { rank in
        guard let placement = try? ThreadPlacement(count, pinning: pinning, communicator: members[rank])
        else { return }
        sizes[rank] = Float(placement.threads)
        for (index, processor) in placement.processors.enumerated() {
          placements[rank * threads + index] = Float(processor)
        }
      }
      #expect(sizes.values.allSatisfy { $0 == Float(threads) })
      if pinning == .always, ranks * threads <= processors.count {
        #expect(placements.values == processors.prefix(ranks * threads).map(Float.init))
      } else {
        #expect(placements.values.allSatisfy { $0 == -1 })
      }
    }
  }
}
