import Foundation
import Kernels
import Tensors
import Testing

@Suite struct PointwiseFunctionTests {
  /// Functions with the largest errors of value and slope over magnitudes from 2e-9 to 80: of the value in units in the
  /// last place where `isRelative`, else, and of the slope, in those of the larger of 1 and the result.
  static let errors: [(function: PointwiseFunction, isRelative: Bool, value: Double, slope: Double)] = [
    (.leakyReLU(slope: 0.3), true, 1, 1), (.elu(alpha: 0.7), true, 3, 3), (.selu, true, 3, 3),
    (.gelu, false, 2, 2), (.silu, true, 3, 8), (.softplus, true, 3, 3), (.softsign, true, 2, 2),
    (.exponential, true, 1, 1), (.mish, false, 3, 3), (.hardSilu, false, 2, 2), (.logSigmoid, true, 3, 3),
    (.tanhShrink, false, 2, 2), (.softShrink(threshold: 0.5), false, 1, 1), (.hardShrink(threshold: 0.5), true, 1, 1),
    (.squareplus, true, 3, 3), (.sparsePlus, false, 2, 2), (.thresholdedReLU(threshold: 0.25), true, 1, 1),
    (.rectifier(slope: 0.1, threshold: 0.05, maximum: 0.8), false, 2, 1), (.geluTanh, false, 4, 4),
    (.clip(slope: 0.5, offset: 0.25, low: -1, high: 2), false, 1, 1),
  ]

  @Test(arguments: errors.indices) func isAccurate(index: Int) {
    let (function, isRelative, values, slopes) = PointwiseFunctionTests.errors[index]
    let magnitudes = (0..<4000).map { exp(-20 + 24.38 * Double($0) / 3999) }
    let points = (magnitudes + magnitudes.map(-)).map(Float.init)
    let (x, y, dy) = (Tensor([8000], lanes: 16), Tensor([8000], lanes: 16), Tensor([8000], lanes: 16))
    x.setSample(0, points)
    dy.setSample(0, Array(repeating: 1, count: 8000))
    function.apply(x, into: y)
    function.differentiate(at: function.needsInput ? x : y, gradient: dy, into: dy)
    var (worst, steepest) = (0.0, 0.0)
    func units(_ value: Float, _ exact: Double, isRelative: Bool) -> Double {
      let size = isRelative ? max(abs(Float(exact)), 0x1p-100) : max(1, abs(Float(exact)))
      return abs(Double(value) - exact) / Double(size.ulp)
    }
    for (point, (value, slope)) in zip(points, zip(y.sample(0), dy.sample(0))) {
      worst = max(worst, units(value, ReferencePointwise.value(function, Double(point)), isRelative: isRelative))
      steepest = max(steepest, units(slope, ReferencePointwise.slope(function, Double(point)), isRelative: false))
    }
    #expect(worst <= values)
    #expect(steepest <= slopes)
  }

  @Test(arguments: errors.indices) func keepsNaNAndSurvivesExtremes(index: Int) {
    let function = PointwiseFunctionTests.errors[index].function
    let (x, y, dy) = (Tensor([4], lanes: 16), Tensor([4], lanes: 16), Tensor([4], lanes: 16))
    x.setSample(0, [.nan, 1e18, -1e18, 0])
    function.apply(x, into: y)
    #expect(y.sample(0)[0].isNaN)
    if function != .exponential { #expect(y.sample(0).dropFirst().allSatisfy { $0.isFinite }) }
    // A gradient of zero stays zero, also where the function overflows.
    function.differentiate(at: function.needsInput ? x : y, gradient: dy, into: dy)
    #expect(dy.sample(0).dropFirst().allSatisfy { $0 == 0 })
  }
}
