import Kernels
import Tensors
import Testing

@Suite struct ActivityPenaltyTests {
  @Test(arguments: Fixture.all, [(0.5, 0.0), (0.0, 0.25), (0.5, 0.25)])
  func agreesWithTwin(fixture: Fixture, factors: (l1: Double, l2: Double)) {
    let x = fixture.activations(seed: 1)
    let dy = fixture.gradients(seed: 2)
    let from = ReferenceTensor(x)
    let expected = ReferenceActivityPenalty.sum(from, live: fixture.live, l1: factors.l1, l2: factors.l2)
    let sum = ActivityPenalty.sum(x, live: fixture.live, l1: factors.l1, l2: factors.l2)
    #expect(abs(sum - expected) <= 1e-12 * expected)

    let slopes = ReferenceActivityPenalty.differentiate(
      from, gradient: ReferenceTensor(dy), l1: factors.l1, l2: factors.l2)
    let dx = fixture.output(border: Border(top: 1, left: 2))
    for target in [dx, dy] {
      ActivityPenalty.differentiate(
        input: x, gradient: dy, live: fixture.live, l1: Float(factors.l1), l2: Float(factors.l2), into: target)
      expectEqual(target, slopes, live: fixture.live, tolerance: 1e-6, dead: .zero)
    }
  }

  /// A NaN must reach the loss; a zero has no slope.
  @Test func keepsNaN() {
    let x = Tensor([2], lanes: 16)
    x.setSample(3, [.nan, 0])
    #expect(ActivityPenalty.sum(x, live: 4, l1: 1, l2: 0).isNaN)
    #expect(ActivityPenalty.sum(x, live: 3, l1: 1, l2: 0) == 0)
    let dy = Tensor([2], lanes: 16)
    ActivityPenalty.differentiate(input: x, gradient: dy, live: 4, l1: 0, l2: 1, into: dy)
    #expect(dy.sample(3)[0].isNaN && dy.sample(3)[1] == 0)
  }
}
