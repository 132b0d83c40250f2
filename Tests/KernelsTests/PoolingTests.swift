import Kernels
import Tensors
import Testing

@Suite struct PoolingTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var fixture: Fixture
    var window: PoolingWindow
    var testDescription: String { "\(fixture.testDescription), \(window.size) by \(window.strides) \(window.padding)" }
  }

  static let cases: [Case] = {
    let windows: [Int: [([Int], [Int])]] = [
      1: [([2], [2]), ([3], [1]), ([2], [3])],
      2: [
        ([2, 2], [2, 2]), ([3, 3], [2, 2]), ([3, 3], [1, 1]), ([2, 3], [3, 1]), ([1, 4], [1, 5]), ([3, 3], [3, 3]),
      ],
      3: [([2, 2, 2], [2, 2, 2]), ([1, 2, 2], [1, 2, 2]), ([2, 3, 1], [1, 2, 1])],
    ]
    return Fixture.all.flatMap { fixture in
      (windows[fixture.shape.rank - 1] ?? []).flatMap { size, strides in
        [Padding.valid, .same].map {
          Case(fixture: fixture, window: PoolingWindow(size: size, strides: strides, padding: $0))
        }
      }
    }
  }()

  @Test(arguments: cases)
  func agreesWithTwin(trial: Case) {
    let (fixture, window) = (trial.fixture, trial.window)
    // Few different values, so that windows hold equal maxima.
    let x = fixture.tensor(seed: 3, dead: 1e30) { Float($0.integer(below: 5)) - 3 }
    let shape = window.outputShape(for: fixture.shape)
    let y = fixture.output(shape, border: Border(bottom: 1, left: 1))
    let positions = unwritten(Pooling.positionCount(output: y.layout))
    var pooled = fixture
    pooled.shape = shape
    let dy = pooled.gradients(seed: 4)
    let dx = fixture.output()
    let (reference, slopes) = (ReferenceTensor(x), ReferenceTensor(dy))

    Pooling.maximum(x, window: window, into: y, positions: positions)
    expectEqual(
      y, ReferencePooling.maximum(reference, window: window), live: fixture.live, tolerance: 0, dead: .anything)
    Pooling.differentiateMaximum(gradient: dy, positions: positions, window: window, into: dx)
    expectEqual(
      dx, ReferencePooling.differentiateMaximum(input: reference, gradient: slopes, window: window), live: fixture.live,
      tolerance: 1e-6, dead: .zero)
    y.fill(.nan)
    Pooling.maximum(x, window: window, into: y, positions: nil)
    expectEqual(
      y, ReferencePooling.maximum(reference, window: window), live: fixture.live, tolerance: 0, dead: .anything)

    // A rectifier in front: the first of the cells that it closes gets no gradient either.
    for limit in [Float.infinity, 1] {
      let rectified = fixture.tensor(seed: 3, dead: 1e30) { min(max(0, Float($0.integer(below: 5)) - 3), limit) }
      let twin = ReferenceTensor(rectified)
      Pooling.maximum(x, window: window, limit: limit, into: y, positions: positions)
      let maxima = ReferencePooling.maximum(twin, window: window)
      expectEqual(y, maxima, live: fixture.live, tolerance: 0, dead: .anything)
      let open = slopes.map { slope, lane, position, channel in
        let value = maxima.element(lane, position: position, channel: channel)
        return value > 0 && value < Double(limit) ? slope : 0
      }
      Pooling.differentiateMaximum(gradient: dy, positions: positions, window: window, into: dx)
      expectEqual(
        dx, ReferencePooling.differentiateMaximum(input: twin, gradient: open, window: window), live: fixture.live,
        tolerance: 1e-6, dead: .zero)
    }

    y.fill(.nan)
    Pooling.average(x, window: window, into: y)
    expectEqual(
      y, ReferencePooling.average(reference, window: window), live: fixture.live, tolerance: 1e-6, dead: .anything)
    dx.fill(.nan)
    Pooling.differentiateAverage(gradient: dy, window: window, into: dx)
    expectEqual(
      dx, ReferencePooling.differentiateAverage(inputShape: fixture.shape, gradient: slopes, window: window),
      live: fixture.live,
      tolerance: 1e-6, dead: .zero)
  }

  @Test(arguments: Fixture.all)
  func globalAgreesWithTwin(fixture: Fixture) {
    let shape = fixture.shape
    let x = fixture.tensor(seed: 5, dead: 1e30) { Float($0.integer(below: 9)) }
    let window = PoolingWindow(size: Array(shape.dimensions.dropLast()))
    let y = fixture.output(Shape(shape.channels), border: Border.none)
    let flat = Fixture(shape: Shape(shape.channels), lanes: fixture.lanes, live: fixture.live)
    let dy = flat.gradients(seed: 6)
    let dx = fixture.output()
    let reference = ReferenceTensor(x)
    var slopes = ReferenceTensor(window.outputShape(for: shape), lanes: fixture.lanes)
    slopes.values = ReferenceTensor(dy).values
    func flattened(_ tensor: ReferenceTensor) -> ReferenceTensor {
      var result = ReferenceTensor(Shape(shape.channels), lanes: tensor.lanes)
      result.values = tensor.values
      return result
    }

    GlobalPooling.average(x, into: y)
    expectEqual(
      y, flattened(ReferencePooling.average(reference, window: window)), live: fixture.live, tolerance: 1e-6,
      dead: .anything)
    GlobalPooling.differentiateAverage(gradient: dy, into: dx)
    expectEqual(
      dx, ReferencePooling.differentiateAverage(inputShape: shape, gradient: slopes, window: window),
      live: fixture.live,
      tolerance: 1e-6, dead: .zero)

    let positions = unwritten(GlobalPooling.positionCount(output: y.layout))
    y.fill(.nan)
    dx.fill(.nan)
    GlobalPooling.maximum(x, into: y, positions: positions)
    expectEqual(
      y, flattened(ReferencePooling.maximum(reference, window: window)), live: fixture.live, tolerance: 0,
      dead: .anything)
    GlobalPooling.differentiateMaximum(gradient: dy, positions: positions, into: dx)
    expectEqual(
      dx, ReferencePooling.differentiateMaximum(input: reference, gradient: slopes, window: window), live: fixture.live,
      tolerance: 0, dead: .zero)
  }

  /// A NaN must reach the loss, where it is noticed.
  @Test func maximumKeepsNaN() {
    let x = Tensor([4, 4, 1], lanes: 16)
    let y = Tensor([2, 2, 1], lanes: 16)
    x[lane: 2, depth: 0, height: 1, width: 2, channel: 0] = .nan
    x[lane: 2, depth: 0, height: 1, width: 3, channel: 0] = 5
    Pooling.maximum(x, window: PoolingWindow(size: [2, 2]), into: y, positions: nil)
    #expect(y.sample(2).map(\.isNaN) == [false, true, false, false])
  }

  /// A long sum of values far from zero: doubles must carry it.
  @Test func globalAverageIsAccurate() {
    let fixture = Fixture(shape: [64, 64, 1])
    let x = fixture.activations(seed: 9, mean: 1000)
    let y = fixture.output([1])
    GlobalPooling.average(x, into: y)
    let exact = x.sample(3).reduce(0.0) { $0 + Double($1) } / 4096
    #expect(abs(Double(y.sample(3)[0]) - exact) <= 1.5e-4)
  }
}
