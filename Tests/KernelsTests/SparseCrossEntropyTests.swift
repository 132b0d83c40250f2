import Kernels
import Tensors
import Testing

@Suite struct SparseCrossEntropyTests {
  struct Variant: CustomTestStringConvertible, Sendable {
    var isOfLogits = true
    var power: Double?
    var smoothing: Float = 0
    var ignored: Float?
    var weights: [Float] = []

    var testDescription: String {
      "\(isOfLogits ? "logits" : "probabilities"), \(power ?? 0), \(smoothing), \(ignored ?? -1)"
    }

    static let all = [
      Variant(), Variant(smoothing: 0.1), Variant(ignored: 1), Variant(smoothing: 0.2, ignored: 255),
      Variant(isOfLogits: false), Variant(isOfLogits: false, smoothing: 0.1, ignored: 0),
      Variant(smoothing: 0.1, ignored: 2, weights: [0.5, 2, 3]), Variant(isOfLogits: false, weights: [4, 0.25]),
      Variant(isOfLogits: false, power: 0.7), Variant(isOfLogits: false, power: 1, ignored: 1, weights: [4, 0.25]),
    ]
  }

  /// One class number at every position, now and then the one that does not count; garbage in dead lanes.
  static func target(_ fixture: Fixture, _ ignored: Float?) -> Tensor {
    let target = fixture.output(fixture.shape.with(channels: 1), border: Border(top: 1, left: 2))
    var stream = RandomStream(seed: 9, purpose: .synthesis)
    for lane in 0..<fixture.lanes {
      target.setSample(
        lane,
        (0..<target.shape.count).map { _ in
          let label = Float(stream.integer(below: fixture.shape.channels))
          guard lane < fixture.live else { return 99 }
          return stream.uniform() < 0.2 ? ignored ?? label : label
        })
    }
    return target
  }

  static func factors(_ fixture: Fixture) -> Tensor {
    let factors = Tensor([1], lanes: fixture.lanes)
    for lane in 0..<fixture.live { factors.setSample(lane, [0.125 + Float(lane % 3)]) }
    return factors
  }

  @Test(arguments: Fixture.all, Variant.all)
  func agreesWithTwin(fixture: Fixture, variant: Variant) {
    let x = fixture.activations(seed: 21, deviation: 4)
    if !variant.isOfLogits {
      // Some beyond what probabilities are kept within.
      for lane in 0..<fixture.live { x.setSample(lane, x.sample(lane).map { abs($0) < 0.4 ? 0 : abs($0) / 4 }) }
    }
    // As many as there are classes.
    let weights =
      variant.weights.isEmpty
      ? [] : (0..<fixture.shape.channels).map { variant.weights[$0 % variant.weights.count] }
    let (target, factors) = (Self.target(fixture, variant.ignored), Self.factors(fixture))
    let expected = ReferenceSparseCrossEntropy.evaluate(
      ReferenceTensor(x), target: ReferenceTensor(target), live: fixture.live, isOfLogits: variant.isOfLogits,
      power: variant.power, smoothing: Double(variant.smoothing), ignored: variant.ignored.map(Double.init),
      weights: weights.isEmpty ? nil : weights.map(Double.init),
      factors: (0..<fixture.lanes).map { Double(factors.sample($0)[0]) })
    var loss = SparseCrossEntropy(
      isOfLogits: variant.isOfLogits, smoothing: variant.smoothing, ignored: variant.ignored,
      classWeights: Buffer(weights))
    loss.power = variant.power
    let (losses, counts) = (LaneNumbers(lanes: fixture.lanes), unwritten(fixture.lanes))
    loss.count(target, into: counts)
    loss.measure(x, target: target, live: fixture.live, counts: counts, into: losses)
    for lane in 0..<fixture.lanes {
      #expect(abs(losses[lane] - expected.losses[lane]) <= 1e-6 * (1 + abs(expected.losses[lane])))
    }
    let gradient = fixture.output(border: Border(top: 1, right: 1))
    loss.differentiate(x, target: target, live: fixture.live, factors: factors, counts: counts, into: gradient)
    expectEqual(gradient, expected.gradient, live: fixture.live, tolerance: 2e-6, dead: .zero)
  }

  private func measure(_ logits: [Float], _ label: Float) -> (loss: Double, gradient: [Float]) {
    let (z, target) = (Tensor(Shape(logits.count), lanes: 16), Tensor([1], lanes: 16))
    z.setSample(0, logits)
    target.setSample(0, [label])
    let factors = Tensor([1], lanes: 16)
    factors.setSample(0, [1])
    let (losses, counts, gradient) = (LaneNumbers(lanes: 16), Buffer(count: 16), Tensor(z.shape, lanes: 16))
    let loss = SparseCrossEntropy(isOfLogits: true)
    loss.count(target, into: counts)
    loss.measure(z, target: target, live: 1, counts: counts, into: losses)
    loss.differentiate(z, target: target, live: 1, factors: factors, counts: counts, into: gradient)
    return (losses[0], gradient.sample(0))
  }

  @Test func hugeLogitsDoNotOverflow() {
    let result = measure([3e4, -3e4, 0], 1)
    #expect(result.loss == 6e4 && result.gradient == [1, -1, 0])
    #expect(measure([.nan, 0, 0], 1).loss.isNaN)
  }

  /// A number that is no class is not taken for one in silence.
  @Test(arguments: [Float(3), -1, 0.5, .nan]) func aNumberThatIsNoClass(label: Float) {
    #expect(measure([1, 2, 3], label).loss.isNaN)
  }
}
