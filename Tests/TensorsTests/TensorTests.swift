import Tensors
import Testing

@Suite struct TensorTests {
  @Test(arguments: [Shape(5), Shape(7, 3), Shape(4, 6, 2), Shape(2, 3, 4, 5), Shape(8, 8, 4)])
  func samplesGoInAndComeOutInKerasOrder(shape: Shape) {
    let border = Border(front: 1, back: 0, top: 1, bottom: 2, left: 3, right: 1)
    let tensor = Tensor(shape, lanes: 32, border: border)
    tensor.fill(.nan)
    let values = (0..<shape.count).map(Float.init)
    for lane in 0..<32 { tensor.setSample(lane, values.map { $0 + Float(lane * 1000) }) }
    tensor.zeroBorder()
    for lane in [0, 5, 31] { #expect(tensor.sample(lane) == values.map { $0 + Float(lane * 1000) }) }
    let layout = tensor.layout
    let cells = tensor.storage.values
    let plane = (1 + layout.depth) * layout.sliceStride
    var borderSum: Float = 0
    for channel in 0..<layout.channels {
      for index in 0..<plane { borderSum += cells[channel * layout.channelStride + index] }
    }
    #expect(borderSum.isFinite, "a border cell kept its NaN")
  }

  /// Memory that is given back too early is gone at once, because every arena is a mapping of its own. Only release
  /// builds could do that.
  @Test(arguments: [1, 2] as [Float]) func temporariesLiveThroughTheCall(value: Float) {
    let copied = Buffer(count: 2)
    for count in [1, 1 << 20] {
      let values = [Float](repeating: value, count: count)
      let read = Buffer(values).values
      let sum = unsafe Buffer(values).withBytes { bytes in
        unsafe bytes.bindMemory(to: Float.self).reduce(Double(0)) { $0 + Double($1) }
      }
      let last = Buffer(values)[count - 1]
      copied[0..<1].copy(from: Buffer(values)[0..<1])
      #expect(read == values && sum == Double(value) * Double(count) && last == value && copied.values == [value, 0])
    }
    let sample = filled(value).sample(3)
    #expect(sample == [Float](repeating: value, count: 24))
  }

  private func filled(_ value: Float) -> Tensor {
    let tensor = Tensor([2, 3, 4], lanes: 16)
    tensor.fill(value)
    return tensor
  }

  @Test func planesNeverAlias() {
    let layout = Layout([32, 32, 16], lanes: 16)
    #expect(layout.channelStride * 4 % 4096 == 64)
    #expect(
      Layout([30, 30, 16], lanes: 16, border: Border(top: 1, bottom: 1, left: 1, right: 1)).channelStride % 1024 == 16)
  }
}
