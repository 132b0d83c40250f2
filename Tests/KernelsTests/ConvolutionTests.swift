import Foundation
import Kernels
import Tensors
import Testing

@Suite struct ConvolutionTests {
  /// Kernels 1 to 7, strides and dilations 1 to 3, same and valid, groups, odd channel counts and widths, one to three
  /// axes.
  static let geometries: [ConvolutionGeometry] = [
    .init(input: [9, 7, 3], filters: 5, kernel: [3, 3], padding: .same),
    .init(input: [8, 8, 16], filters: 16, kernel: [3, 3], padding: .same),
    .init(input: [6, 5, 70], filters: 13, kernel: .one, padding: .valid),
    .init(input: [4, 3, 7], filters: 65, kernel: [2, 1], padding: .same),
    .init(input: [8, 15, 1], filters: 6, kernel: [5, 5], padding: .same),
    .init(input: [10, 11, 6], filters: 8, kernel: [5, 5], padding: .valid),
    .init(input: [12, 12, 2], filters: 7, kernel: [7, 7], strides: [2, 2], padding: .same),
    .init(input: [9, 9, 5], filters: 10, kernel: [3, 3], strides: [2, 2], padding: .same),
    .init(input: [8, 8, 5], filters: 12, kernel: [3, 3], strides: [2, 2], padding: .same),
    .init(input: [7, 8, 4], filters: 11, kernel: .one, strides: [2, 2], padding: .same),
    .init(input: [10, 8, 3], filters: 4, kernel: [2, 3], strides: [3, 2], padding: .valid),
    .init(input: [11, 10, 3], filters: 9, kernel: [1, 6], strides: [1, 3], padding: .same),
    .init(input: [11, 13, 3], filters: 4, kernel: [3, 3], dilation: [2, 3], padding: .same),
    .init(input: [11, 13, 3], filters: 4, kernel: [4, 2], dilation: [3, 2], padding: .valid),
    .init(input: [9, 11, 2], filters: 3, kernel: [3, 3], strides: [2, 3], dilation: [3, 2], padding: .same),
    .init(input: [6, 6, 8], filters: 8, kernel: [3, 3], groups: 8, padding: .same),
    .init(input: [9, 30, 4], filters: 4, kernel: [5, 5], groups: 4, padding: .same),
    .init(input: [11, 35, 3], filters: 3, kernel: [5, 5], strides: [2, 2], groups: 3, padding: .same),
    .init(input: [12, 19, 3], filters: 3, kernel: [3, 3], strides: [2, 2], groups: 3, padding: .same),
    .init(input: [9, 70, 2], filters: 2, kernel: [3, 3], dilation: [1, 2], groups: 2, padding: .same),
    .init(input: [7, 9, 3], filters: 3, kernel: [3, 5], strides: [1, 3], groups: 3, padding: .valid),
    .init(input: [3, 5, 6, 4], filters: 4, kernel: [3, 3, 3], groups: 4, padding: .same),
    .init(input: [6, 5, 700], filters: 11, kernel: .one, padding: .valid),
    .init(input: [6, 7, 6], filters: 18, kernel: [3, 2], groups: 3, padding: .valid),
    .init(input: [7, 6, 4], filters: 8, kernel: [3, 3], strides: [2, 2], groups: 4, padding: .same),
    .init(input: [5, 1, 9], filters: 2, kernel: [3, 1], padding: .same),
    .init(input: [1, 1, 20], filters: 14, kernel: [3, 3], padding: .same),
    .init(input: [17, 6], filters: 7, kernel: [4], strides: [2], padding: .same),
    .init(input: [12, 3], filters: 6, kernel: [3], dilation: [2], padding: .valid),
    .init(input: [4, 5, 6, 3], filters: 5, kernel: [3, 3, 3], padding: .same),
    .init(input: [5, 4, 7, 2], filters: 4, kernel: [2, 3, 2], strides: [2, 1, 3], padding: .valid),
    .init(
      input: [5, 6, 2], filters: 3, kernel: [3, 4], paddingBefore: Axes(depth: 0, height: 4, width: 0),
      paddingAfter: Axes(depth: 0, height: 1, width: 5)),
    .init(input: [34, 3, 2], filters: 5, kernel: [3, 3], padding: .same),
    .init(input: [8, 12, 33], filters: 35, kernel: [3, 3], padding: .same),
    .init(input: [11, 10, 17], filters: 70, kernel: [3, 3], padding: .valid),
    .init(input: [9, 8, 20], filters: 70, kernel: .one, padding: .valid),
    .init(input: [10, 9, 150], filters: 61, kernel: .one, strides: [2, 2], padding: .valid),
    .init(input: [6, 5, 160], filters: 96, kernel: .one, groups: 2, padding: .valid),
    .init(input: [2, 3, 520], filters: 510, kernel: .one, padding: .valid),
    .init(
      input: [2, 7, 3], filters: 18, kernel: [3, 3], paddingBefore: Axes(depth: 0, height: 4, width: 0),
      paddingAfter: Axes(depth: 0, height: 1, width: 3)),
  ]

  /// Every geometry with every algorithm that computes it.
  static let supported: [(geometry: ConvolutionGeometry, variant: ConvolutionVariant)] = geometries.flatMap {
    geometry in
    ConvolutionVariant.all.filter { $0.algorithm.supports(geometry) }.map { (geometry, $0) }
  }

  @Test(arguments: supported)
  func forwardAgreesWithTheDefinition(geometry: ConvolutionGeometry, variant: ConvolutionVariant) {
    for (lanes, extra) in [(16, 0), (48, 2)] {
      let trial = ConvolutionTrial(geometry, variant, lanes: lanes, extraBorder: extra)
      for bias in [trial.bias, nil] {
        trial.output.fill(.nan)
        trial.scratch.reset()
        trial.convolution.pack(trial.kernel, into: trial.packed.inner, backward: false)
        trial.convolution.forward(
          input: trial.input, packed: trial.packed.inner, bias: bias, output: trial.output, scratch: trial.scratch.inner
        )
        for lane in 0..<lanes {
          let truth = ReferenceConvolution.forward(
            geometry, input: trial.input.sample(lane), kernel: trial.kernel.values, bias: bias?.values)
          expectClose(trial.output.sample(lane), truth, terms: geometry.kernelCount / geometry.filters, "lane \(lane)")
        }
        #expect(trial.borderIsNaN(trial.output), "the border of the output was written")
        #expect(trial.scratch.isIntact && trial.packed.isIntact)
      }
    }
  }

  @Test(arguments: supported)
  func rectifiedForwardAgrees(geometry: ConvolutionGeometry, variant: ConvolutionVariant) {
    for maximum in [Float.infinity, 0.5] {
      let trial = ConvolutionTrial(geometry, variant, lanes: 16, extraBorder: 1)
      // NaN must not become 0; it stays in its image.
      trial.input.setSample(15, Array(repeating: .nan, count: geometry.input.count))
      trial.convolution.pack(trial.kernel, into: trial.packed.inner, backward: false)
      trial.convolution.forward(
        input: trial.input, packed: trial.packed.inner, bias: trial.bias, output: trial.output,
        scratch: trial.scratch.inner)
      let plain = (0..<15).map { trial.output.sample($0) }
      trial.convolution.forward(
        input: trial.input, packed: trial.packed.inner, bias: trial.bias, ending: .rectifier(maximum: maximum),
        output: trial.output, scratch: trial.scratch.inner)
      for lane in 0..<15 {
        #expect(trial.output.sample(lane) == plain[lane].map { min(max(0, $0), maximum) }, "lane \(lane)")
      }
      #expect(trial.output.sample(15).contains { $0.isNaN })
      // Closed where the output is 0 or the maximum, and sums of the rest.
      let sums = Guarded(count: geometry.filters)
      let before = (0..<16).map { trial.outputGradient.sample($0) }
      ChannelSums.close(trial.outputGradient, of: trial.output, maximum: maximum, sums: sums.inner)
      var truth = [Double](repeating: 0, count: geometry.filters)
      for lane in 0..<16 {
        let left = zip(before[lane], trial.output.sample(lane)).map { $1 > 0 && $1 < maximum ? $0 : 0 }
        #expect(trial.outputGradient.sample(lane) == left, "lane \(lane)")
        for (index, value) in left.enumerated() { truth[index % geometry.filters] += Double(value) }
      }
      for (sum, wanted) in zip(sums.inner.values, truth) { #expect(abs(Double(sum) - wanted) <= 1e-4) }
      #expect(sums.isIntact)
    }
  }

  @Test(arguments: supported)
  func inputGradientAgreesWithTheDefinition(geometry: ConvolutionGeometry, variant: ConvolutionVariant) {
    for (lanes, extra) in [(32, 0), (16, 1)] {
      let trial = ConvolutionTrial(geometry, variant, lanes: lanes, extraBorder: extra)
      trial.inputGradient.fill(.nan)
      trial.convolution.pack(trial.kernel, into: trial.packed.inner, backward: true)
      trial.convolution.inputGradient(
        outputGradient: trial.outputGradient, packed: trial.packed.inner, inputGradient: trial.inputGradient,
        scratch: trial.scratch.inner)
      for lane in 0..<lanes {
        let truth = ReferenceConvolution.inputGradient(
          geometry, outputGradient: trial.outputGradient.sample(lane), kernel: trial.kernel.values)
        expectClose(
          trial.inputGradient.sample(lane), truth, terms: geometry.kernel.count * geometry.filtersPerGroup,
          "lane \(lane)")
      }
      #expect(trial.borderIsNaN(trial.inputGradient), "the border of the input's gradient was written")
      #expect(trial.scratch.isIntact && trial.packed.isIntact)
    }
  }

  @Test(arguments: supported)
  func gradientsOfWeightsAgreeWithTheDefinition(geometry: ConvolutionGeometry, variant: ConvolutionVariant) {
    for (lanes, extra, dead) in [(16, 0, 5), (48, 1, 0)] {
      let trial = ConvolutionTrial(geometry, variant, lanes: lanes, extraBorder: extra, deadLanes: dead)
      let kernelGradient = Guarded(count: geometry.kernelCount)
      let biasGradient = Guarded(count: geometry.filters)
      trial.convolution.filterGradient(
        input: trial.input, outputGradient: trial.outputGradient, kernelGradient: kernelGradient.inner,
        scratch: trial.scratch.inner)
      trial.convolution.biasGradient(outputGradient: trial.outputGradient, into: biasGradient.inner)
      var kernelTruth = [Double](repeating: 0, count: geometry.kernelCount)
      var biasTruth = [Double](repeating: 0, count: geometry.filters)
      for lane in 0..<lanes - dead {
        let gradient = trial.outputGradient.sample(lane)
        let kernel = ReferenceConvolution.filterGradient(
          geometry, input: trial.input.sample(lane), outputGradient: gradient)
        for index in kernel.indices { kernelTruth[index] += kernel[index] }
        let bias = ReferenceConvolution.biasGradient(geometry, outputGradient: gradient)
        for index in bias.indices { biasTruth[index] += bias[index] }
      }
      let terms = geometry.output.count / geometry.filters * lanes
      expectClose(kernelGradient.inner.values, kernelTruth, terms: terms, "kernel")
      expectClose(biasGradient.inner.values, biasTruth, terms: terms, "bias")
      #expect(kernelGradient.isIntact && biasGradient.isIntact && trial.scratch.isIntact)
    }
  }

  /// Rows too long for one run, many runs, and a band of input that does not fit in the cache.
  @Test(arguments: ConvolutionVariant.all)
  func largePlanesAgreeWithTheDefinition(variant: ConvolutionVariant) {
    gradientsOfWeightsAgreeWithTheDefinition(
      geometry: .init(input: [4, 140, 2], filters: 3, kernel: [3, 3], padding: .same),
      variant: variant)
    forwardAgreesWithTheDefinition(
      geometry: .init(input: [12, 40, 24], filters: 8, kernel: [3, 3], padding: .same),
      variant: variant)
  }

  /// Results of 16 MB, which are written past the caches; with a border, which is not written.
  @Test(arguments: [1, 3])
  func largeResultsAgreeWithTheLoweredOnes(kernel: Int) {
    let geometry = ConvolutionGeometry(
      input: [64, 64, 64], filters: 64, kernel: [kernel, kernel], padding: .same)
    let variants = ConvolutionVariant.all.filter { $0.algorithm.supports(geometry) }
    let expected = ConvolutionTrial(geometry, .lowered, lanes: 16, extraBorder: 0)
    run(expected)
    let (output, gradient) = (expected.output.sample(5), expected.inputGradient.sample(5))
    for variant in variants where variant != .lowered {
      for border in [0, 1] {
        let trial = ConvolutionTrial(geometry, variant, lanes: 16, extraBorder: border)
        run(trial)
        let terms = kernel * kernel * 64
        expectClose(trial.output.sample(5), output.map { Double($0) }, terms: terms, "output")
        expectClose(trial.inputGradient.sample(5), gradient.map { Double($0) }, terms: terms, "gradient")
        #expect(trial.borderIsNaN(trial.output) && trial.borderIsNaN(trial.inputGradient))
      }
    }
    func run(_ trial: ConvolutionTrial) {
      trial.output.fill(.nan)
      trial.inputGradient.fill(.nan)
      trial.convolution.pack(trial.kernel, into: trial.packed.inner, backward: true)
      trial.convolution.forward(
        input: trial.input, packed: trial.packed.inner, bias: nil, output: trial.output, scratch: trial.scratch.inner)
      trial.convolution.inputGradient(
        outputGradient: trial.outputGradient, packed: trial.packed.inner, inputGradient: trial.inputGradient,
        scratch: trial.scratch.inner)
    }
  }

  @Test func resultsAreTheSameBitsEveryTime() {
    let geometry = ConvolutionTests.geometries[1]
    for variant in ConvolutionVariant.all {
      let trial = ConvolutionTrial(geometry, variant, lanes: 16, extraBorder: 0)
      let gradients = (0..<2).map { _ in
        let gradient = Buffer(count: geometry.kernelCount)
        trial.convolution.filterGradient(
          input: trial.input, outputGradient: trial.outputGradient, kernelGradient: gradient,
          scratch: trial.scratch.inner)
        return gradient.values
      }
      #expect(gradients[0] == gradients[1])
    }
  }

  /// Rounding of the transforms included, errors stay below 1e-5 of the largest result; measured are 2e-6.
  @Test func winogradIsAsAccurateAsPromised() {
    let geometry = ConvolutionGeometry(input: [8, 8, 64], filters: 64, kernel: [3, 3], padding: .same)
    let trial = ConvolutionTrial(geometry, .winograd16, lanes: 16, extraBorder: 0)
    let kernelGradient = Buffer(count: geometry.kernelCount)
    trial.convolution.pack(trial.kernel, into: trial.packed.inner, backward: true)
    trial.convolution.forward(
      input: trial.input, packed: trial.packed.inner, bias: nil, output: trial.output, scratch: trial.scratch.inner)
    trial.convolution.inputGradient(
      outputGradient: trial.outputGradient, packed: trial.packed.inner, inputGradient: trial.inputGradient,
      scratch: trial.scratch.inner)
    trial.convolution.filterGradient(
      input: trial.input, outputGradient: trial.outputGradient, kernelGradient: kernelGradient,
      scratch: trial.scratch.inner)
    var kernelTruth = [Double](repeating: 0, count: geometry.kernelCount)
    for lane in 0..<16 {
      let (input, gradient) = (trial.input.sample(lane), trial.outputGradient.sample(lane))
      let kernel = ReferenceConvolution.filterGradient(geometry, input: input, outputGradient: gradient)
      for index in kernel.indices { kernelTruth[index] += kernel[index] }
      guard lane < 4 else { continue }
      let truth = ReferenceConvolution.forward(geometry, input: input, kernel: trial.kernel.values, bias: nil)
      expectRelative(trial.output.sample(lane), truth, "output")
      let inputTruth = ReferenceConvolution.inputGradient(
        geometry, outputGradient: gradient, kernel: trial.kernel.values)
      expectRelative(trial.inputGradient.sample(lane), inputTruth, "gradient of the input")
    }
    expectRelative(kernelGradient.values, kernelTruth, "gradient of the kernel")
  }

  @Test func algorithmsAreChosenByShape() {
    let large = ConvolutionGeometry(input: [8, 8, 64], filters: 64, kernel: [3, 3], padding: .same)
    let exact: ConvolutionAlgorithm = Processor.vectorFloats >= 8 ? .direct : .lowered
    #expect(Convolution.preferredAlgorithm(for: large) == (Processor.vectorFloats >= 8 ? .winograd : exact))
    #expect(Convolution.preferredAlgorithm(for: large, among: [.direct, .lowered]) == exact)
    #expect(Convolution.preferredAlgorithm(for: large, among: [.lowered]) == .lowered)
    let thin = ConvolutionGeometry(input: [8, 8, 3], filters: 64, kernel: [3, 3], padding: .same)
    #expect(Convolution.preferredAlgorithm(for: thin) == exact)
    #expect(Convolution.preferredAlgorithm(for: thin, among: [.winograd]) == .winograd)
    let small = ConvolutionGeometry(input: [5, 5, 64], filters: 64, kernel: [3, 3], padding: .same)
    #expect(Convolution.preferredAlgorithm(for: small) == exact)
    let strided = ConvolutionGeometry(
      input: [8, 8, 64], filters: 64, kernel: [3, 3], strides: [2, 2], padding: .same)
    #expect(!ConvolutionAlgorithm.winograd.supports(strided))
    #expect(Convolution.preferredAlgorithm(for: strided, among: [.winograd]) == exact)
  }

  private func expectRelative(_ values: [Float], _ truth: [Double], _ what: String) {
    let worst = zip(values, truth).map { abs(Double($0) - $1) }.max() ?? .infinity
    let largest = truth.map(abs).max() ?? 0
    #expect(values.count == truth.count && worst <= 1e-5 * largest, "\(what): off by \(worst / largest)")
  }
}
