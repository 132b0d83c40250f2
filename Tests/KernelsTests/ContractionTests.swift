import Kernels
import Tensors
import Testing

@Suite struct ContractionTests {
  private func image(_ shape: Shape, _ values: [Float], border: Border = .none) -> Tensor {
    let tensor = Tensor(shape, lanes: 16, border: border)
    tensor.fill(.nan)
    for lane in 0..<16 { tensor.setSample(lane, values) }
    return tensor
  }

  /// (2, 3) times (3, 2): sums over one axis of each.
  @Test func contracts() {
    let first = image([2, 3], [1, 2, 3, 4, 5, 6])
    let second = image([3, 2], [1, 0, 0, 1, 1, 1])
    let product = Contraction(firstAxis: 1, secondAxis: 0)
    let y = image([2, 2], [0, 0, 0, 0])
    product.apply(first, second, into: y)
    #expect(y.sample(0) == [4, 5, 10, 11])
    let dx = image([2, 3], Array(repeating: 0, count: 6))
    product.differentiateFirst(gradient: y, second: second, into: dx)
    #expect(dx.sample(5) == [4, 5, 9, 10, 11, 21])
    let dz = image([3, 2], Array(repeating: 0, count: 6))
    product.differentiateSecond(gradient: y, first: first, into: dz)
    #expect(dz.sample(5) == [44, 49, 58, 65, 72, 81])
    let vectors = Contraction(firstAxis: 0, secondAxis: 0)
    let one = image([1], [0])
    vectors.apply(image([3], [1, 2, 3]), image([3], [4, 5, 6]), into: one)
    #expect(one.sample(0) == [32])
  }
}
