import Kernels
import Tensors
import Testing

@Suite struct GroupedNormalizationTests {
  static let forms: [GroupedNormalization.Form] = [.standard, .rootMeanSquare, .varianceScaled, .unitLength]

  /// Groupings of a shape: over the channels, over everything, over one axis each, and channels cut in groups.
  static func groupings(_ shape: Shape) -> [Grouping] {
    let all = Array(0..<shape.rank)
    let last = shape.rank - 1
    var groupings = [
      Grouping(shape, joining: all, parameterAxes: all), Grouping(shape, joining: all, parameterAxes: [last]),
    ]
    for axis in all { groupings.append(Grouping(shape, joining: [axis], parameterAxes: [axis])) }
    for parts in [2, 3] where shape.channels % parts == 0 {
      groupings.append(Grouping(shape, groups: all.map { $0 == last ? parts : 1 }, parameterAxes: [last]))
    }
    if shape.rank > 1 {
      groupings.append(
        Grouping(shape, groups: [shape.dimensions[0]] + all.dropFirst().map { _ in 1 }, parameterAxes: [0]))
    }
    return groupings
  }

  @Test(arguments: Fixture.all, forms) func agreesWithTwin(fixture: Fixture, form: GroupedNormalization.Form) {
    let x = fixture.activations(seed: 1, mean: 1, deviation: 2)
    let dy = fixture.gradients(seed: 2)
    for grouping in Self.groupings(fixture.shape) {
      let kernel = GroupedNormalization(grouping, form: form, epsilon: 1e-3)
      let twin = ReferenceGrouping(grouping)
      let epsilon = Double(Float(1e-3))
      let gamma = Buffer(randoms(grouping.parameterCount, seed: 3))
      let beta = Buffer(randoms(grouping.parameterCount, seed: 4))
      let statistics = unwritten(kernel.statisticCount(lanes: fixture.lanes))
      let y = fixture.output(border: Border(top: 1, left: 2))
      kernel.apply(x, gamma: gamma, beta: beta, statistics: statistics, into: y)
      let expected = twin.normalize(
        ReferenceTensor(x), form: form, epsilon: epsilon, gamma: gamma.doubles, beta: beta.doubles)
      expectEqual(y, expected, live: fixture.live, tolerance: 2e-5, dead: .anything)
      #expect(y.sample(fixture.lanes - 1).allSatisfy { $0.isFinite })

      let dx = fixture.output(border: Border(bottom: 1, right: 1))
      let gammas = unwritten(gamma.count)
      let betas = unwritten(gamma.count)
      kernel.differentiate(input: x, gradient: dy, gamma: gamma, statistics: statistics, into: dx)
      kernel.differentiateParameters(input: x, gradient: dy, statistics: statistics, gamma: gammas, beta: betas)
      // Groups of one or two elements amplify what rounding leaves of their deviations.
      let slopes = twin.differentiate(
        ReferenceTensor(x), gradient: ReferenceTensor(dy), form: form, epsilon: epsilon, gamma: gamma.doubles)
      expectEqual(dx, slopes.input, live: fixture.live, tolerance: 1e-4, dead: .zero)
      expectEqual(gammas, slopes.gamma, tolerance: 1e-4)
      expectEqual(betas, slopes.beta, tolerance: 1e-5)

      // In place, and without parameters.
      let gradient = fixture.gradients(seed: 2)
      kernel.differentiate(input: x, gradient: gradient, gamma: gamma, statistics: statistics, into: gradient)
      expectEqual(gradient, slopes.input, live: fixture.live, tolerance: 1e-4, dead: .zero)
      let other = fixture.activations(seed: 1, mean: 1, deviation: 2)
      kernel.apply(other, gamma: nil, beta: nil, statistics: statistics, into: other)
      let ones = Array(repeating: 1.0, count: gamma.count)
      let plain = twin.normalize(
        ReferenceTensor(x), form: form, epsilon: epsilon, gamma: ones, beta: ones.map { _ in 0 })
      expectEqual(other, plain, live: fixture.live, tolerance: 2e-5, dead: .anything)
    }
  }

  /// A mean far larger than the deviation, and vectors shorter than epsilon allows.
  @Test func isAccurateFarFromZero() {
    let fixture = Fixture(shape: [3, 3, 70])
    let x = fixture.tensor(seed: 5, dead: 0) { 1000 + $0.normal() }
    let grouping = Grouping(fixture.shape, joining: [2])
    let kernel = GroupedNormalization(grouping, epsilon: 1e-3)
    let y = fixture.output()
    kernel.apply(x, gamma: nil, beta: nil, statistics: Buffer(count: kernel.statisticCount(lanes: 16)), into: y)
    let expected = ReferenceGrouping(grouping).normalize(
      ReferenceTensor(x), form: .standard, epsilon: Double(Float(1e-3)), gamma: [1], beta: [0])
    expectEqual(y, expected, live: 16, tolerance: 1e-4, dead: .anything)
  }

  @Test func shortVectorsStayShort() {
    let shape: Shape = [2]
    let (x, dy, y) = (Tensor(shape, lanes: 16), Tensor(shape, lanes: 16), Tensor(shape, lanes: 16))
    x.setSample(0, [3e-8, 4e-8])
    x.setSample(1, [3, 4])
    dy.setSample(0, [1, 0])
    let kernel = GroupedNormalization(Grouping(shape, joining: [0]), form: .unitLength, epsilon: 1e-12)
    let statistics = Buffer(count: kernel.statisticCount(lanes: 16))
    kernel.apply(x, gamma: nil, beta: nil, statistics: statistics, into: y)
    #expect(abs(y.sample(0)[0] - 0.03) < 1e-6 && abs(y.sample(1)[0] - 0.6) < 1e-6)
    kernel.differentiate(input: x, gradient: dy, gamma: nil, statistics: statistics, into: y)
    #expect(abs(y.sample(0)[0] - 1e6) < 1 && y.sample(0)[1] == 0)
  }

  @Test(arguments: Fixture.all) func softmaxAgreesWithTwin(fixture: Fixture) {
    let x = fixture.activations(seed: 6, deviation: 3)
    let dy = fixture.gradients(seed: 7)
    for grouping in Self.groupings(fixture.shape) {
      let twin = ReferenceGrouping(grouping)
      let y = fixture.output(border: Border(top: 1))
      GroupedSoftmax.apply(x, grouping: grouping, into: y)
      expectEqual(y, twin.softmax(ReferenceTensor(x)), live: fixture.live, tolerance: 1e-6, dead: .anything)
      let dx = fixture.output(border: Border(left: 1))
      GroupedSoftmax.differentiate(output: y, gradient: dy, grouping: grouping, into: dx)
      let expected = twin.differentiateSoftmax(output: ReferenceTensor(y), gradient: ReferenceTensor(dy))
      expectEqual(dx, expected, live: fixture.live, tolerance: 1e-6, dead: .zero)
    }
  }
}
