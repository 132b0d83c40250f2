import Synchronization
import Tensors
import Testing

@Suite struct WorkerPoolTests {
  @Test(arguments: [1, 2, 3, 5]) func everyWorkerRunsOncePerCall(count: Int) {
    let pool = WorkerPool(count: count)
    let sum = Atomic(0)
    let calls = Atomic(0)
    for _ in 0..<200 {
      pool.run { index in
        sum.add(index + 1, ordering: .relaxed)
        calls.add(1, ordering: .relaxed)
      }
    }
    #expect(calls.load(ordering: .relaxed) == 200 * count)
    #expect(sum.load(ordering: .relaxed) == 200 * count * (count + 1) / 2)
  }
}
