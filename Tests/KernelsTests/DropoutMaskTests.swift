import Kernels
import Tensors
import Testing

@Suite struct DropoutMaskTests {
  @Test(arguments: Fixture.all, [Float(0), 0.3, 0.9])
  func agreesWithRandomStream(fixture: Fixture, rate: Float) {
    let samples = (0..<fixture.lanes).map { UInt32(truncatingIfNeeded: $0 &* 2_654_435_761) }
    let x = fixture.activations(seed: 51)
    let y = fixture.output(border: Border(right: 1))
    let seed: UInt64 = 0x1234_5678_9ABC_DEF0
    let expected = ReferenceDropout.apply(
      ReferenceTensor(x), rate: rate, seed: seed, layer: 3, step: 77, samples: samples)
    DropoutMask.apply(x, rate: rate, seed: seed, layer: 3, step: 77, samples: samples, into: y)
    expectEqual(y, expected, live: fixture.lanes, tolerance: 1e-6, dead: .anything)
    DropoutMask.apply(x, rate: rate, seed: seed, layer: 3, step: 77, samples: samples, into: x)
    expectEqual(x, expected, live: fixture.lanes, tolerance: 1e-6, dead: .anything)
  }

  @Test(arguments: Fixture.all) func scalesShiftsAndAddsNoise(fixture: Fixture) {
    let samples = (0..<fixture.lanes).map { UInt32($0 * 7) }
    let x = fixture.tensor(seed: 52, dead: 0) { $0.normal() }
    let y = fixture.output(border: Border(left: 1))
    let kept = ReferenceDropout.apply(
      ReferenceTensor(x), rate: 0.4, scale: 2, shift: 0.5, dropped: -1, seed: 5, layer: 3, step: 7, samples: samples)
    DropoutMask.apply(
      x, rate: 0.4, scale: 2, shift: 0.5, dropped: -1, seed: 5, layer: 3, step: 7, samples: samples, into: y)
    expectEqual(y, kept, live: fixture.lanes, tolerance: 1e-6, dead: .anything)
    for multiplies in [false, true] {
      let noisy = ReferenceDropout.addNoise(
        ReferenceTensor(x), multiplies: multiplies, mean: 1, deviation: 0.5, seed: 5, layer: 3, step: 7,
        samples: samples)
      DropoutMask.addNoise(
        x, multiplies: multiplies, mean: 1, deviation: 0.5, seed: 5, layer: 3, step: 7, samples: samples, into: y)
      expectEqual(y, noisy, live: fixture.lanes, tolerance: 1e-5, dead: .anything)
    }
  }

  @Test func dropsTheGivenShare() {
    let x = Tensor([64, 64, 2], lanes: 16)
    x.fill(1)
    DropoutMask.apply(x, rate: 0.25, seed: 1, layer: 0, step: 0, samples: Array(0..<16), into: x)
    let kept = (0..<16).flatMap(x.sample).filter { $0 > 0 }.count
    #expect(abs(Double(kept) / Double(16 * 8192) - 0.75) < 0.005)
  }
}
