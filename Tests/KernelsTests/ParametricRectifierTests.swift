import Kernels
import Tensors
import Testing

@Suite struct ParametricRectifierTests {
  /// Every axis shared (1) and not (0), from the last.
  @Test(arguments: Fixture.all, [0, 1, 2, 6, 7, 15]) func agreesWithTwin(fixture: Fixture, shared: Int) {
    let rank = fixture.shape.rank
    let slopes = Shape(
      fixture.shape.dimensions.enumerated().map { shared >> (rank - 1 - $0.offset) & 1 == 1 ? 1 : $0.element })
    let alpha = Buffer(randoms(slopes.count, seed: 3))
    let x = fixture.activations(seed: 1)
    let dy = fixture.gradients(seed: 2)
    let y = fixture.output(border: Border(top: 1, left: 2))
    let (from, slope) = (ReferenceTensor(x), alpha.doubles)
    let expected = ReferenceParametricRectifier.apply(from, alpha: slope, of: slopes)
    ParametricRectifier.apply(x, alpha: alpha, of: slopes, into: y)
    expectEqual(y, expected, live: fixture.live, tolerance: 1e-6, dead: .anything)

    let sums = ReferenceParametricRectifier.differentiateAlpha(
      from, gradient: ReferenceTensor(dy), live: fixture.live, of: slopes)
    let alphaGradient = unwritten(slopes.count)
    ParametricRectifier.differentiateAlpha(x, gradient: dy, live: fixture.live, into: alphaGradient, of: slopes)
    expectEqual(alphaGradient, sums, tolerance: 1e-6)

    let gradients = ReferenceParametricRectifier.differentiateInput(
      from, gradient: ReferenceTensor(dy), alpha: slope, of: slopes)
    ParametricRectifier.differentiateInput(x, gradient: dy, alpha: alpha, of: slopes, into: dy)
    expectEqual(dy, gradients, live: fixture.live, tolerance: 1e-6, dead: .zero)
    ParametricRectifier.apply(x, alpha: alpha, of: slopes, into: x)
    expectEqual(x, expected, live: fixture.live, tolerance: 1e-6, dead: .anything)
  }
}
