import Synchronization
import Tensors
import Testing

@Suite struct AffinityTests {
  @Test func knowsItsProcessors() {
    #expect(!Affinity.processors.isEmpty)
    #expect(Set(Affinity.processors).count == Affinity.processors.count)
  }

  /// Workers stay where they are told; a pool without places leaves them alone.
  @Test func workersStayOnTheirProcessors() {
    let processors = (0..<3).map { Affinity.processors[$0 % Affinity.processors.count] }
    for places in [processors, []] {
      let pool = WorkerPool(count: 3, processors: places)
      let seen = Mutex(Array(repeating: [Int](), count: 3))
      pool.run { worker in
        let current = Affinity.current
        seen.withLock { $0[worker] = current }
      }
      for worker in 0..<3 {
        let expected = places.isEmpty ? Affinity.processors.sorted() : [places[worker]]
        #expect(seen.withLock { $0[worker] } == expected)
      }
      #expect(Affinity.release())
      #expect(Affinity.current == Affinity.processors.sorted())
    }
  }
}
