import Foundation
import Kernels
import Tensors
import Testing

@Suite struct ActivationFunctionTests {
  @Test(arguments: Fixture.all, ActivationFunction.allCases.filter { $0 != .glu })
  func agreesWithTwin(fixture: Fixture, function: ActivationFunction) {
    let x = fixture.activations(seed: 1, deviation: 3)
    let saved = fixture.activations(seed: 1, deviation: 3)
    let y = fixture.output(border: Border(top: 1, left: 2))
    let dy = fixture.gradients(seed: 2)
    let expected = ReferenceActivation.apply(function, ReferenceTensor(x))
    function.apply(x, into: y)
    expectEqual(y, expected, live: fixture.live, tolerance: 1e-6, dead: .anything)

    let slopes = ReferenceActivation.differentiate(
      function, input: ReferenceTensor(x), output: ReferenceTensor(y), gradient: ReferenceTensor(dy))
    let dx = fixture.output(border: Border(bottom: 1, right: 1))
    func differentiate(into result: Tensor) {
      if function.needsInput {
        function.differentiate(input: saved, gradient: dy, into: result)
      } else {
        function.differentiate(output: y, gradient: dy, into: result)
      }
    }
    differentiate(into: dx)
    expectEqual(dx, slopes, live: fixture.live, tolerance: 1e-6, dead: .zero)

    function.apply(x, into: x)
    expectEqual(x, expected, live: fixture.live, tolerance: 1e-6, dead: .anything)
    differentiate(into: dy)
    expectEqual(dy, slopes, live: fixture.live, tolerance: 1e-6, dead: .zero)
  }

  /// Errors in units in the last place, over the whole range in which results are normal numbers.
  @Test(arguments: [(ActivationFunction.tanh, 1.5), (.sigmoid, 2.6)])
  func isAccurate(function: ActivationFunction, units: Double) {
    let magnitudes = (0..<4096).map { exp(-20 + 24.4 * Double($0) / 4095) }
    let inputs = Tensor([magnitudes.count * 2], lanes: 16)
    inputs.setSample(0, (magnitudes + magnitudes.map(-)).map(Float.init))
    let outputs = Tensor([magnitudes.count * 2], lanes: 16)
    function.apply(inputs, into: outputs)
    for (x, y) in zip(inputs.sample(0), outputs.sample(0)) {
      let exact = function == .tanh ? tanh(Double(x)) : 1 / (1 + exp(-Double(x)))
      #expect(abs(Double(y) - exact) <= units * Double(Float(exact).ulp), "at \(x)")
    }
  }

  @Test func extremesSaturateAndNaNStays() {
    let extremes: [Float] = [.infinity, -.infinity, 1e30, -1e30, 0, 90, -90, .nan]
    let x = Tensor(Shape(extremes.count), lanes: 16)
    let y = Tensor(Shape(extremes.count), lanes: 16)
    x.setSample(3, extremes)
    ActivationFunction.tanh.apply(x, into: y)
    #expect(y.sample(3).dropLast() == [1, -1, 1, -1, 0, 1, -1])
    #expect(y.sample(3)[7].isNaN)
    ActivationFunction.sigmoid.apply(x, into: y)
    let sigmoids = y.sample(3)
    #expect(Array(sigmoids[0..<6]) == [1, 0, 1, 0, 0.5, 1])
    #expect(sigmoids[6] > 0 && sigmoids[6] < 1e-38 && sigmoids[7].isNaN)
    ActivationFunction.relu.apply(x, into: y)
    #expect(y.sample(3).dropLast() == [.infinity, 0, 1e30, 0, 0, 90, 0])
    #expect(y.sample(3)[7].isNaN)
  }
}
