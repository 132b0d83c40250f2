import Foundation
import Kernels
import Tensors
import Testing

/// Functions that convolutions apply to their sums before they store them.
@Suite struct ConvolutionEndingTests {
  /// SiLU of the sums; rectifiers are tested beside their gradients.
  @Test(arguments: ConvolutionTests.supported)
  func siluAgrees(geometry: ConvolutionGeometry, variant: ConvolutionVariant) {
    for (lanes, extra) in [(16, 0), (32, 1)] {
      let trial = ConvolutionTrial(geometry, variant, lanes: lanes, extraBorder: extra)
      trial.convolution.pack(trial.kernel, into: trial.packed.inner, backward: false)
      func run(_ ending: ConvolutionEnding) -> [Float] {
        trial.output.fill(.nan)
        trial.convolution.forward(
          input: trial.input, packed: trial.packed.inner, bias: trial.bias, ending: ending, output: trial.output,
          scratch: trial.scratch.inner)
        #expect(trial.borderIsNaN(trial.output) && trial.scratch.isIntact)
        return trial.output.sample(lanes - 1)
      }
      let (plain, terms) = (run(.none), geometry.kernelCount / geometry.filters)
      func silu(_ x: Double) -> Double { x / (1 + exp(-x)) }
      expectClose(run(.silu), plain.map { silu(Double($0)) }, terms: terms, "silu")
    }
  }

  /// The activation in registers where it begins and ends, and NaN.
  @Test func siluIsRightEverywhere() {
    let geometry = ConvolutionGeometry(input: [1, 1, 1], filters: 1, kernel: .one, padding: .valid)
    for variant in [ConvolutionVariant.direct16, .direct8] {
      let trial = ConvolutionTrial(geometry, variant, lanes: 16, extraBorder: 0)
      trial.kernel[0] = 1
      trial.convolution.pack(trial.kernel, into: trial.packed.inner, backward: false)
      let values: [Float] = [
        0, 1e-30, -1e-30, 1e-3, -0.5, 3, -9, 20, -30, 60, -80, 86.9, -86.9, 88, -88, 1e4, -1e4, 3e38,
      ]
      for value in values {
        trial.input.fill(value)
        trial.convolution.forward(
          input: trial.input, packed: trial.packed.inner, bias: nil, ending: .silu, output: trial.output,
          scratch: trial.scratch.inner)
        let (result, truth) = (Double(trial.output.sample(3)[0]), Double(value) / (1 + exp(-Double(value))))
        #expect(abs(result - truth) <= 4e-7 * abs(truth) + 1e-33, "\(value): \(result), not \(truth)")
      }
      trial.input.fill(.nan)
      trial.convolution.forward(
        input: trial.input, packed: trial.packed.inner, bias: nil, ending: .silu, output: trial.output,
        scratch: trial.scratch.inner)
      #expect(trial.output.sample(3)[0].isNaN)
    }
  }

  /// Large planes, whose results are written past the caches.
  @Test func largeResultsAgree() {
    let geometry = ConvolutionGeometry(input: [64, 64, 5], filters: 66, kernel: .one, padding: .valid)
    siluAgrees(geometry: geometry, variant: .blockedDirect16)
    siluAgrees(geometry: geometry, variant: .direct8)
    let depthwise = ConvolutionGeometry(input: [64, 65, 64], filters: 64, kernel: [3, 3], groups: 64, padding: .same)
    siluAgrees(geometry: depthwise, variant: .direct16)
  }
}
