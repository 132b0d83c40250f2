import Kernels
import Tensors
import Testing

@Suite struct PlacementTests {
  private func image(_ shape: Shape, _ values: [Float], border: Border = .none) -> Tensor {
    let tensor = Tensor(shape, lanes: 16, border: border)
    tensor.fill(.nan)
    for lane in 0..<16 { tensor.setSample(lane, values) }
    return tensor
  }

  @Test func placesImagesOneByOne() {
    let placement = Placement(Buffer(count: 64))
    for lane in 0..<16 {
      (placement.rowStep[lane], placement.columnStep[lane]) = (1, lane == 3 ? -1 : 1)
      (placement.firstRow[lane], placement.firstColumn[lane]) = (lane == 2 ? 1 : 0, lane == 3 ? 2 : 0)
    }
    let x = image([2, 3, 1], [0, 1, 2, 3, 4, 5], border: Border(left: 1))
    let y = image([1, 2, 1], [0, 0])
    placement.apply(x, into: y)
    #expect(y.sample(0) == [0, 1] && y.sample(2) == [3, 4] && y.sample(3) == [2, 1])
    placement.differentiate(gradient: y, into: x)
    #expect(x.sample(2) == [0, 0, 0, 3, 4, 0] && x.sample(3) == [0, 1, 2, 0, 0, 0])
  }
}
