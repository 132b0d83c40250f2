import Foundation
import Kernels
import Tensors
import Testing

@Suite struct BinaryCrossEntropyTests {
  @Test(arguments: [(1, 16, 16), (1, 32, 17), (5, 16, 9), (5, 16, 0)])
  func agreesWithTheFormula(_ count: Int, _ lanes: Int, _ live: Int) {
    let logits = Tensor([count], lanes: lanes)
    var stream = RandomStream(seed: 3, purpose: .synthesis)
    for lane in 0..<lanes { logits.setSample(lane, (0..<count).map { _ in stream.uniform() * 12 - 6 }) }
    let labels = (0..<live * count).map { _ in Int32(stream.integer(below: 2)) }
    var (loss, correct) = (0.0, 0)
    for lane in 0..<live {
      let values = logits.sample(lane).map(Double.init)
      let targets = (0..<count).map { Double(labels[lane * count + $0]) }
      loss -=
        zip(values, targets).reduce(0) {
          $0 + $1.1 * log(1 / (1 + exp(-$1.0))) + (1 - $1.1) * log(1 - 1 / (1 + exp(-$1.0)))
        } / Double(count)
      correct += zip(values, targets).allSatisfy { ($0 > 0) == ($1 == 1) } ? 1 : 0
    }
    let gradient = Tensor([count], lanes: lanes)
    gradient.fill(.nan)
    let sums = BinaryCrossEntropy.ofLogits(logits, labels: labels, live: live, gradient: gradient, scale: 0.25)
    #expect(abs(sums.loss - loss) < 1e-9 * (1 + loss) && sums.correct == correct)
    for lane in 0..<lanes {
      for (label, slope) in gradient.sample(lane).enumerated() {
        let z = Double(logits.sample(lane)[label])
        let wanted = lane < live ? (1 / (1 + exp(-z)) - Double(labels[lane * count + label])) * 0.25 / Double(count) : 0
        #expect(abs(Double(slope) - wanted) < 1e-7)
      }
    }
    #expect(BinaryCrossEntropy.ofLogits(logits, labels: labels, live: live, gradient: logits, scale: 0.25) == sums)
  }

  @Test func weightsAndSmoothing() {
    let logits = Tensor([1], lanes: 16)
    for lane in 0..<2 { logits.setSample(lane, [0.7]) }
    let gradient = Tensor([1], lanes: 16)
    let sums = BinaryCrossEntropy.ofLogits(
      logits, labels: [0, 1], live: 2, smoothing: 0.2, classWeights: Buffer([3, 0.5]), gradient: gradient)
    let p = 1 / (1 + exp(-0.7))
    let losses = [0.1, 0.9].map { -$0 * log(p) - (1 - $0) * log(1 - p) }
    #expect(abs(sums.loss - 3 * losses[0] - 0.5 * losses[1]) < 1e-6 && sums.correct == 1)
    #expect(
      abs(Double(gradient.sample(0)[0]) - 3 * (p - 0.1)) < 1e-6
        && abs(Double(gradient.sample(1)[0]) - 0.5 * (p - 0.9)) < 1e-6)
  }

  /// Far from 0 neither the loss nor the gradient overflows.
  @Test func largeLogitsAreFinite() {
    let logits = Tensor([2], lanes: 16)
    logits.setSample(0, [1e4, -1e4])
    let gradient = Tensor([2], lanes: 16)
    let sums = BinaryCrossEntropy.ofLogits(logits, labels: [0, 0], live: 1, gradient: gradient)
    #expect(sums.loss == 5000 && sums.correct == 0 && gradient.sample(0) == [0.5, 0])
  }
}
