import Kernels
import Tensors
import Testing

@Suite struct EmbeddingTableTests {
  /// The element with number 2 twice, with a fraction, and one that is out of range.
  @Test func embedsAndSumsGradients() {
    let indices = Tensor([3], lanes: 16, border: Border(left: 1))
    indices.fill(1e30)
    indices.setSample(0, [2, 0.9, 2])
    indices.setSample(1, [1, -5, 3])
    let table = Buffer([0, 1, 10, 11, 20, 21])
    let y = Tensor([3, 2], lanes: 16)
    EmbeddingTable.apply(indices, table: table, live: 2, into: y)
    #expect(y.sample(0) == [20, 21, 0, 1, 20, 21])
    #expect(Array(y.sample(1).prefix(2)) == [10, 11] && y.sample(1).dropFirst(2).allSatisfy { $0.isNaN })
    #expect(y.sample(9) == [0, 0, 0, 0, 0, 0])
    let gradient = unwritten(6)
    y.setSample(0, [1, 2, 3, 4, 5, 6])
    y.setSample(1, [7, 8, 9, 9, 9, 9])
    EmbeddingTable.differentiate(indices, gradient: y, live: 2, into: gradient)
    #expect(gradient.values == [3, 4, 7, 8, 6, 8])
  }
}
