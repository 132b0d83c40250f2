import Foundation
import Kernels
import Tensors
import Testing

@Suite struct BinaryCrossEntropyTests {
  private struct Result {
    var losses: [Double]
    var gradient: Tensor
  }

  private func evaluate(_ loss: BinaryCrossEntropy, _ x: Tensor, _ target: Tensor, live: Int, factor: Float) -> Result {
    let factors = Tensor([1], lanes: x.lanes)
    for lane in 0..<live { factors.setSample(lane, [factor]) }
    let (losses, gradient) = (LaneNumbers(lanes: x.lanes), Tensor(x.shape, lanes: x.lanes, border: Border(top: 1)))
    gradient.fill(.nan)
    loss.measure(x, target: target, live: live, into: losses)
    loss.differentiate(x, target: target, live: live, factors: factors, into: gradient)
    return Result(losses: (0..<x.lanes).map { losses[$0] }, gradient: gradient)
  }

  @Test(arguments: Fixture.all, [true, false])
  func agreesWithTheFormula(_ fixture: Fixture, _ isOfLogits: Bool) {
    let x = fixture.output()
    let target = fixture.output(border: Border(left: 1))
    var stream = RandomStream(seed: 3, purpose: .synthesis)
    for lane in 0..<fixture.lanes {
      x.setSample(
        lane, (0..<x.shape.count).map { _ in stream.uniform() * (isOfLogits ? 12 : 0.9) - (isOfLogits ? 6 : -0.05) })
      target.setSample(lane, (0..<x.shape.count).map { _ in Float(stream.integer(below: 2)) })
    }
    let loss = BinaryCrossEntropy(isOfLogits: isOfLogits, smoothing: 0.2)
    let result = evaluate(loss, x, target, live: fixture.live, factor: 0.25)
    let count = Double(x.shape.count)
    for lane in 0..<fixture.lanes {
      let wanted = target.sample(lane).map { Double($0) * 0.8 + 0.1 }
      let p = x.sample(lane).map { isOfLogits ? 1 / (1 + exp(-Double($0))) : Double($0) }
      let expected = zip(p, wanted).reduce(0) { $0 - $1.1 * log($1.0) - (1 - $1.1) * log(1 - $1.0) } / count
      #expect(abs(result.losses[lane] - (lane < fixture.live ? expected : 0)) < 1e-6 * (1 + expected))
      for (slope, (p, wanted)) in zip(result.gradient.sample(lane), zip(p, wanted)) {
        let slopeOfLoss = isOfLogits ? p - wanted : (p - wanted) / (p * (1 - p))
        #expect(abs(Double(slope) - (lane < fixture.live ? slopeOfLoss * 0.25 / count : 0)) < 1e-5)
      }
    }
  }

  /// Far from 0 neither the loss nor the gradient overflows.
  @Test func largeLogitsAreFinite() {
    let (logits, target) = (Tensor([2], lanes: 16), Tensor([2], lanes: 16))
    logits.setSample(0, [1e4, -1e4])
    let result = evaluate(BinaryCrossEntropy(isOfLogits: true), logits, target, live: 1, factor: 1)
    #expect(result.losses[0] == 5000 && result.gradient.sample(0) == [0.5, 0])
  }
}
