import Kernels
import Tensors
import Testing

/// Shards of at most 8 images in 16 lanes, of which `winograd` computes half.
@Suite struct HalfShardTests {
  /// Even and odd numbers of tiles, tiles that stick out, several blocks of columns.
  static let geometries: [ConvolutionGeometry] = [
    .init(input: [8, 8, 16], filters: 16, kernel: [3, 3], padding: .same),
    .init(input: [9, 7, 3], filters: 5, kernel: [3, 3], padding: .same),
    .init(input: [3, 4, 2], filters: 3, kernel: [3, 3], padding: .same),
    .init(input: [11, 10, 17], filters: 70, kernel: [3, 3], padding: .valid),
    .init(input: [30, 21, 5], filters: 9, kernel: [3, 3], padding: .same),
  ]

  @Test(arguments: geometries, [ConvolutionVariant.winograd16, .winograd8, .smallTileWinograd16])
  func halfOfTheLanesAgreesWithTheDefinition(geometry: ConvolutionGeometry, variant: ConvolutionVariant) {
    for live in [1, 5, 8] {
      let trial = ConvolutionTrial(geometry, variant, lanes: 16, extraBorder: live == 5 ? 1 : 0, deadLanes: 16 - live)
      for lane in 8..<16 {
        trial.input.setSample(lane, [Float](repeating: .nan, count: geometry.input.count))
        trial.outputGradient.setSample(lane, [Float](repeating: .nan, count: geometry.output.count))
      }
      trial.output.fill(.nan)
      trial.inputGradient.fill(.nan)
      let kernelGradient = Guarded(count: geometry.kernelCount)
      let (convolution, packed, scratch) = (trial.convolution, trial.packed.inner, trial.scratch.inner)
      convolution.pack(trial.kernel, into: packed, backward: true)
      convolution.forward(
        input: trial.input, packed: packed, bias: trial.bias, output: trial.output, scratch: scratch, live: live)
      convolution.inputGradient(
        outputGradient: trial.outputGradient, packed: packed, inputGradient: trial.inputGradient, scratch: scratch,
        live: live)
      // The gradient of the kernel is that of matrix products, which read all lanes.
      let sumsKernel = variant.algorithm == .winograd
      if sumsKernel {
        convolution.filterGradient(
          input: trial.input, outputGradient: trial.outputGradient, kernelGradient: kernelGradient.inner,
          scratch: scratch, live: live)
      }

      var kernelTruth = [Double](repeating: 0, count: geometry.kernelCount)
      for lane in 0..<live {
        let (input, gradient) = (trial.input.sample(lane), trial.outputGradient.sample(lane))
        expectClose(
          trial.output.sample(lane),
          ReferenceConvolution.forward(geometry, input: input, kernel: trial.kernel.values, bias: trial.bias.values),
          terms: geometry.kernelCount / geometry.filters, "lane \(lane) of \(live)")
        expectClose(
          trial.inputGradient.sample(lane),
          ReferenceConvolution.inputGradient(geometry, outputGradient: gradient, kernel: trial.kernel.values),
          terms: geometry.kernel.count * geometry.filters, "gradient of lane \(lane) of \(live)")
        let kernel = ReferenceConvolution.filterGradient(geometry, input: input, outputGradient: gradient)
        for index in kernel.indices { kernelTruth[index] += kernel[index] }
      }
      if sumsKernel {
        expectClose(
          kernelGradient.inner.values, kernelTruth, terms: geometry.output.count / geometry.filters * live, "kernel")
      }
      for lane in 8..<16 {
        #expect(
          trial.output.sample(lane).allSatisfy { $0 == 0 } && trial.inputGradient.sample(lane).allSatisfy { $0 == 0 })
      }
      #expect(trial.borderIsNaN(trial.output) && trial.borderIsNaN(trial.inputGradient))
      #expect(trial.scratch.isIntact && trial.packed.isIntact && kernelGradient.isIntact)
    }
  }

  /// The same images give the same bits alone and beside others.
  @Test func halvesOfAShardAgreeBitByBit() {
    let geometry = ConvolutionGeometry(input: [10, 14, 16], filters: 20, kernel: [3, 3], padding: .same)
    let trial = ConvolutionTrial(geometry, .winograd16, lanes: 16, extraBorder: 0)
    trial.convolution.pack(trial.kernel, into: trial.packed.inner, backward: true)
    func outputs(live: Int) -> [[Float]] {
      trial.convolution.forward(
        input: trial.input, packed: trial.packed.inner, bias: trial.bias, output: trial.output,
        scratch: trial.scratch.inner, live: live)
      return (0..<8).map { trial.output.sample($0) }
    }
    let whole = outputs(live: 16)
    #expect(outputs(live: 8) == whole)
  }
}
