import Kernels
import Tensors
import Testing

@Suite struct DenseProductTests {
  static let cases: [(fixture: Fixture, units: Int)] = [
    (Fixture(shape: [10]), 7), (Fixture(shape: [33], live: 5), 16), (Fixture(shape: [5], lanes: 48, live: 33), 1),
    (Fixture(shape: [1], lanes: 32, live: 0), 40), (Fixture(shape: [64], lanes: 96, live: 90), 70),
    (Fixture(shape: [19], lanes: 32, live: 32), 110), (Fixture(shape: [3, 4, 5]), 6),
    (Fixture(shape: [8, 8, 9], lanes: 16, live: 9), 12),
    (Fixture(shape: [3, 4, 5], live: 9, border: Fixture.border), 9),
    (Fixture(shape: [2, 3, 2, 6], lanes: 32, live: 20, border: Border(top: 1)), 4),
  ]

  @Test(arguments: cases, DenseProduct.Engine.allCases)
  func agreesWithTwin(trial: (fixture: Fixture, units: Int), engine: DenseProduct.Engine) {
    let (fixture, units) = trial
    let inputs = fixture.shape.channels
    let x = fixture.activations(seed: 31)
    let shape = Shape(fixture.shape.dimensions.dropLast() + [units])
    var out = fixture
    out.shape = shape
    let y = out.output()
    let dy = out.gradients(seed: 32)
    let dx = fixture.output()
    let kernel = Buffer(randoms(inputs * units, seed: 33))
    let bias = Buffer(randoms(units, seed: 34))
    let tolerance = 1e-6 * Double(max(inputs, units, 16)).squareRoot()

    for bias in [bias, nil] {
      y.fill(.nan)
      DenseProduct.apply(x, kernel: kernel, bias: bias, into: y, engine: engine)
      let expected = ReferenceDense.apply(
        ReferenceTensor(x), kernel: kernel.doubles, bias: bias?.doubles ?? Array(repeating: 0, count: units))
      expectEqual(y, expected, live: fixture.live, tolerance: tolerance, dead: .anything)
      y.fill(.nan)
      DenseProduct.apply(x, kernel: kernel, bias: bias, into: y, engine: engine, isBlocked: true)
      expectEqual(y, expected, live: fixture.live, tolerance: tolerance, dead: .anything)
    }
    DenseProduct.differentiateInput(gradient: dy, kernel: kernel, into: dx, engine: engine)
    let slopes = ReferenceDense.differentiateInput(
      gradient: ReferenceTensor(dy), kernel: kernel.doubles, inputs: inputs)
    expectEqual(dx, slopes, live: fixture.live, tolerance: tolerance, dead: .zero)

    let kernelGradient = unwritten(inputs * units)
    DenseProduct.differentiateKernel(input: x, gradient: dy, into: kernelGradient, engine: engine)
    let sums = ReferenceDense.differentiateKernel(input: ReferenceTensor(x), gradient: ReferenceTensor(dy))
    expectEqual(kernelGradient, sums, tolerance: tolerance * 10)
  }

  /// Long sums round less in blocks: of 4,096 inputs by half at least, in the mean.
  @Test func blocksRoundLess() {
    let fixture = Fixture(shape: [4096], lanes: 16, live: 16)
    let (x, units) = (fixture.activations(seed: 31), 24)
    var out = fixture
    out.shape = [units]
    let y = out.output()
    let kernel = Buffer(randoms(4096 * units, seed: 33))
    let expected = ReferenceDense.apply(
      ReferenceTensor(x), kernel: kernel.doubles, bias: Array(repeating: 0, count: units))
    func error(isBlocked: Bool) -> Double {
      DenseProduct.apply(x, kernel: kernel, bias: nil, into: y, engine: .vectors, isBlocked: isBlocked)
      let found = ReferenceTensor(y)
      return zip(found.values, expected.values).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
    }
    let (plain, blocked) = (error(isBlocked: false), error(isBlocked: true))
    #expect(blocked > 0 && 2 * blocked < plain, "\(blocked) instead of \(plain)")
  }

  /// Weights of 16 MB: many inner indices, and a gradient that is written past the caches.
  @Test(arguments: [16, 32])
  func largeProductsAgreeWithBLAS(lanes: Int) {
    let (inputs, units) = (2052, 2064)
    let x = Fixture(shape: [inputs], lanes: lanes, live: lanes).activations(seed: 35)
    let out = Fixture(shape: [units], lanes: lanes, live: lanes)
    let dy = out.gradients(seed: 36)
    let kernel = Buffer(randoms(inputs * units, seed: 37))
    let outputs = DenseProduct.Engine.allCases.map { engine in
      let y = out.output()
      let kernelGradient = unwritten(inputs * units)
      DenseProduct.apply(x, kernel: kernel, bias: nil, into: y, engine: engine)
      DenseProduct.differentiateKernel(input: x, gradient: dy, into: kernelGradient, engine: engine)
      return (y.storage.values, kernelGradient.values)
    }
    let agree = zip(outputs[0].0, outputs[1].0).allSatisfy { abs($0 - $1) < 1e-3 }
    let gradientsAgree = zip(outputs[0].1, outputs[1].1).allSatisfy { abs($0 - $1) < 1e-4 }
    #expect(agree && gradientsAgree)
  }
}
