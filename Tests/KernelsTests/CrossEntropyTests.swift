import Kernels
import Tensors
import Testing

@Suite struct CrossEntropyTests {
  static let fixtures = [
    Fixture(shape: [10]), Fixture(shape: [10], live: 5), Fixture(shape: [1], live: 1),
    Fixture(shape: [3], lanes: 32, live: 16),
    Fixture(shape: [130], lanes: 48, live: 40), Fixture(shape: [10], lanes: 32, live: 0),
    Fixture(shape: [7], border: Fixture.border),
  ]

  static func labels(_ fixture: Fixture) -> [Int32] {
    var stream = RandomStream(seed: 9, purpose: .synthesis)
    return (0..<fixture.live).map { _ in Int32(stream.integer(below: fixture.shape.channels)) }
  }

  @Test(arguments: fixtures, [Float(0), 0.1])
  func logitsAgreeWithTwin(fixture: Fixture, smoothing: Float) {
    let z = fixture.activations(seed: 21, deviation: 4)
    let labels = Self.labels(fixture)
    let expected = ReferenceCrossEntropy.ofLogits(
      ReferenceTensor(z), labels: labels, live: fixture.live, smoothing: Double(smoothing), scale: 0.125)
    let gradient = fixture.output()
    let sums = CrossEntropy.ofLogits(
      z, labels: labels, live: fixture.live, smoothing: smoothing, gradient: gradient, scale: 0.125)
    #expect(abs(sums.loss - expected.loss) <= 1e-6 * (1 + abs(expected.loss)))
    #expect(sums.correct == expected.correct)
    expectEqual(gradient, expected.gradient, live: fixture.live, tolerance: 1e-6, dead: .zero)

    #expect(CrossEntropy.ofLogits(z, labels: labels, live: fixture.live, smoothing: smoothing) == sums)
    let inPlace = CrossEntropy.ofLogits(
      z, labels: labels, live: fixture.live, smoothing: smoothing, gradient: z, scale: 0.125)
    #expect(inPlace == sums)
    expectEqual(z, expected.gradient, live: fixture.live, tolerance: 1e-6, dead: .zero)
  }

  @Test(arguments: fixtures, [Float(0), 0.1])
  func classWeightsAgreeWithTwin(fixture: Fixture, smoothing: Float) {
    let z = fixture.activations(seed: 22, deviation: 4)
    let labels = Self.labels(fixture)
    let weights = (0..<fixture.shape.channels).map { 0.25 + Double($0 % 5) }
    let expected = ReferenceCrossEntropy.ofLogits(
      ReferenceTensor(z), labels: labels, live: fixture.live, smoothing: Double(smoothing), classWeights: weights,
      scale: 0.125)
    let gradient = fixture.output()
    let sums = CrossEntropy.ofLogits(
      z, labels: labels, live: fixture.live, smoothing: smoothing, classWeights: Buffer(weights.map(Float.init)),
      gradient: gradient, scale: 0.125)
    #expect(abs(sums.loss - expected.loss) <= 1e-6 * (1 + abs(expected.loss)))
    #expect(sums.correct == expected.correct)
    expectEqual(gradient, expected.gradient, live: fixture.live, tolerance: 1e-6, dead: .zero)
  }

  @Test func firstOfEqualScoresCounts() {
    let z = Tensor([4], lanes: 16)
    z.setSample(0, [1, 3, 3, 0])
    z.setSample(1, [1, 3, 3, 0])
    #expect(CrossEntropy.ofLogits(z, labels: [1, 2], live: 2).correct == 1)
  }

  @Test func hugeLogitsDoNotOverflow() {
    let z = Tensor([3], lanes: 16)
    let gradient = Tensor([3], lanes: 16)
    z.setSample(0, [3e4, -3e4, 0])
    let sums = CrossEntropy.ofLogits(z, labels: [1], live: 1, gradient: gradient)
    #expect(sums.loss == 6e4)
    #expect(gradient.sample(0) == [1, -1, 0])
    z.setSample(0, [.nan, 0, 0])
    #expect(CrossEntropy.ofLogits(z, labels: [1], live: 1).loss.isNaN)
  }
}
