import Kernels
import Tensors
import Testing

@Suite struct LimitedRectifierTests {
  @Test(arguments: Fixture.all) func agreesWithTheDefinition(fixture: Fixture) {
    let maximum = 1.5
    let x = fixture.activations(seed: 1, deviation: 2)
    let y = fixture.output(border: Border(top: 1, left: 2))
    let dy = fixture.gradients(seed: 2)
    let (values, slopes) = (ReferenceTensor(x), ReferenceTensor(dy))
    let expected = values.map { value, _, _, _ in min(max(0, value), maximum) }
    let gradients = values.map { value, lane, position, channel in
      value > 0 && value < maximum ? slopes.element(lane, position: position, channel: channel) : 0
    }
    LimitedRectifier.apply(x, maximum: Float(maximum), into: y)
    expectEqual(y, expected, live: fixture.live, tolerance: 0, dead: .anything)
    let dx = fixture.output(border: Border(bottom: 1, right: 1))
    LimitedRectifier.differentiate(output: y, gradient: dy, maximum: Float(maximum), into: dx)
    expectEqual(dx, gradients, live: fixture.live, tolerance: 0, dead: .zero)

    LimitedRectifier.apply(x, maximum: Float(maximum), into: x)
    expectEqual(x, expected, live: fixture.live, tolerance: 0, dead: .anything)
    LimitedRectifier.differentiate(output: y, gradient: dy, maximum: Float(maximum), into: dy)
    expectEqual(dy, gradients, live: fixture.live, tolerance: 0, dead: .zero)
  }

  @Test func extremesAreCutAndNaNStays() {
    let x = Tensor([4], lanes: 16)
    x.setSample(3, [.infinity, -.infinity, 6, .nan])
    LimitedRectifier.apply(x, maximum: 6, into: x)
    #expect(x.sample(3).dropLast() == [6, 0, 6] && x.sample(3)[3].isNaN)
  }
}
