import Kernels
import Tensors
import Testing

@Suite struct KernelFactorsTests {
  static let cases: [(fixture: Fixture, units: Int)] = [
    (Fixture(shape: [10]), 7), (Fixture(shape: [33], live: 5), 16), (Fixture(shape: [5], lanes: 48, live: 33), 1),
    (Fixture(shape: [64], lanes: 96, live: 90), 70), (Fixture(shape: [19], lanes: 32, live: 32), 110),
    (Fixture(shape: [8], live: 1), 33), (Fixture(shape: [17], live: 0), 5),
    (Fixture(shape: [6], live: 9, border: Fixture.border), 48),
  ]

  /// Garbage in dead lanes of the inputs does not count; parts of the gradient are those of the whole.
  @Test(arguments: cases) func productsAgreeWithTwin(trial: (fixture: Fixture, units: Int)) {
    let (fixture, units) = trial
    let inputs = fixture.shape.channels
    let x = fixture.activations(seed: 41)
    var out = fixture
    out.shape = Shape([units])
    let dy = out.gradients(seed: 42)
    let factors = KernelFactors(inputs: inputs, units: units, lanes: fixture.lanes)
    // What the shard before has left there must not matter.
    let memory = Buffer(randoms(factors.count, seed: 43))
    factors.record(input: x, gradient: dy, live: fixture.live, into: memory)
    let expected = ReferenceDense.differentiateKernel(input: ReferenceTensor(x), gradient: ReferenceTensor(dy))

    let whole = unwritten(inputs * units)
    factors.multiply([.init(memory, additions: 0)], rows: 0..<inputs, into: whole)
    expectEqual(whole, expected, tolerance: 1e-5)
    let vectors = unwritten(inputs * units)
    DenseProduct.differentiateKernel(input: x, gradient: dy, into: vectors, engine: .vectors)
    let isSame = whole.values == vectors.values
    #expect(isSame || fixture.lanes > 64, "not the bits of the gradient itself")

    // Of three shards: (first + second) + third.
    let others = (0..<2).map { index in
      let other = Buffer(randoms(factors.count, seed: 44 + index))
      factors.record(
        input: fixture.activations(seed: 46 + index), gradient: out.gradients(seed: 48 + index), live: fixture.live,
        into: other)
      return other
    }
    let parts = others.map { other in
      let part = unwritten(inputs * units)
      factors.multiply([.init(other, additions: 0)], rows: 0..<inputs, into: part)
      return part.values
    }
    let (start, end) = (inputs / 3, inputs - inputs / 4)
    let rows = unwritten((end - start) * units)
    factors.multiply(
      [.init(memory, additions: 0), .init(others[0], additions: 1), .init(others[1], additions: 1)], rows: start..<end,
      into: rows)
    let sums = (start * units..<end * units).map { whole[$0] + parts[0][$0] + parts[1][$0] }
    let addsUp = rows.values == sums
    #expect(addsUp)

    let largest = expected.map(abs).max()!
    #expect(factors.bound(memory) >= largest * (1 - 1e-6))
    factors.clear(memory)
    factors.multiply([.init(memory, additions: 0)], rows: 0..<inputs, into: whole)
    #expect(whole.values.allSatisfy { $0 == 0 })
  }

  @Test(arguments: [Float.nan, .infinity]) func whatIsNotFiniteHasNoBound(value: Float) {
    let fixture = Fixture(shape: [20], live: 3)
    let factors = KernelFactors(inputs: 20, units: 20, lanes: 16)
    let memory = Buffer(count: factors.count)
    func bound(_ x: Tensor, _ dy: Tensor) -> Double {
      factors.record(input: x, gradient: dy, live: 3, into: memory)
      return factors.bound(memory)
    }
    let (x, dy) = (fixture.activations(seed: 45), fixture.gradients(seed: 46))
    #expect(bound(x, dy).isFinite)
    var sample = x.sample(2)
    sample[19] = value
    let other = fixture.activations(seed: 45)
    other.setSample(2, sample)
    #expect(!bound(other, dy).isFinite)
    sample = dy.sample(0)
    sample[7] = value
    dy.setSample(0, sample)
    #expect(!bound(x, dy).isFinite)
  }
}
