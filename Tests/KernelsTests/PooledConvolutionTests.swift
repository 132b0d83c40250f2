import Kernels
import Tensors
import Testing

/// A convolution and the max pooling behind it, band by band, against the two one after the other.
@Suite struct PooledConvolutionTests {
  /// Whole tiles, tiles that stick out below and on the right, more bands than one.
  private static let geometries: [ConvolutionGeometry] = [
    .init(input: [16, 12, 16], filters: 18, kernel: [3, 3], padding: .same),
    .init(input: [22, 10, 17], filters: 16, kernel: [3, 3], padding: .same),
    .init(input: [4, 6, 16], filters: 16, kernel: [3, 3], padding: .same),
  ]

  @Test(arguments: geometries, [3, 16, 21])
  func agreesWithTheTwo(geometry: ConvolutionGeometry, live: Int) {
    let lanes = Layout.lanes(forImages: live)
    let trial = ConvolutionTrial(geometry, .winograd16, lanes: lanes, extraBorder: 1, deadLanes: lanes - live)
    let convolution = trial.convolution
    let window = PoolingWindow(size: [2, 2])
    for limit in [nil, 0.75] as [Float?] {
      // Bands of four rows, of eight, and one of all.
      let rowBytes = geometry.filters * geometry.output.width * 64
      for bandBytes in [1, 8 * rowBytes, 64 * rowBytes] {
        let pooled = PooledConvolution(convolution, window, limit: limit, bandBytes: bandBytes)
        let (expected, found) = (Results(pooled, geometry, lanes), Results(pooled, geometry, lanes))
        let gradient = Tensor(pooled.output, lanes: lanes)
        for lane in 0..<live {
          gradient.setSample(lane, (0..<pooled.output.count).map { Float(($0 * 31 + lane * 7) % 17) - 8 })
        }
        convolution.pack(trial.kernel, into: trial.packed.inner, backward: true)
        expected.runApart(trial, window, limit, gradient, live)

        let scratch = Guarded(count: pooled.scratchCount(lanes: lanes))
        pooled.forward(
          input: trial.input, packed: trial.packed.inner, bias: trial.bias, output: found.output,
          positions: found.positions,
          scratch: scratch.inner, live: live)
        scratch.inner.fill(.nan)
        pooled.backward(
          input: trial.input, outputGradient: gradient, positions: found.positions, packed: trial.packed.inner,
          kernelGradient: found.kernelGradient, biasGradient: found.biasGradient, inputGradient: found.inputGradient,
          scratch: scratch.inner, live: live)
        #expect(scratch.isIntact)
        for lane in 0..<live {
          #expect(found.output.sample(lane) == expected.output.sample(lane), "output of lane \(lane)")
          #expect(found.inputGradient.sample(lane) == expected.inputGradient.sample(lane), "gradient of lane \(lane)")
        }
        #expect(found.positions.checksum == expected.positions.checksum)
        expectSame(found.kernelGradient, expected.kernelGradient)
        expectSame(found.biasGradient, expected.biasGradient)
      }
    }
  }

  /// The order of sums differs.
  private func expectSame(_ found: Buffer, _ expected: Buffer) {
    let largest = expected.values.map(abs).max()!
    let difference = zip(found.values, expected.values).map { abs($0 - $1) }.max()!
    #expect(difference <= 2e-6 * largest, "\(difference) of \(largest)")
  }

  /// Large images that stay as large, and windows that tile them.
  @Test func paysForLargeImagesOnly() {
    func pays(
      _ side: Int, _ window: PoolingWindow = PoolingWindow(size: [2, 2]), padding: Padding = .same, strides: Int = 1
    ) -> Bool {
      let geometry = ConvolutionGeometry(
        input: [side, side, 64], filters: 64, kernel: [3, 3], strides: [strides, strides], padding: padding)
      return PooledConvolution.pays(
        Convolution(geometry, algorithm: Convolution.preferredAlgorithm(for: geometry)), window)
    }
    #expect(pays(224) && !pays(32) && !pays(225) && !pays(224, padding: .valid) && !pays(448, strides: 2))
    #expect(
      !pays(224, PoolingWindow(size: [3, 3], strides: [2, 2]))
        && !pays(224, PoolingWindow(size: [2, 2], padding: .same)))
  }
}

/// The results of forward and backward.
private struct Results {
  let output: Tensor, inputGradient: Tensor
  let positions: Buffer, kernelGradient: Buffer, biasGradient: Buffer

  init(_ pooled: PooledConvolution, _ geometry: ConvolutionGeometry, _ lanes: Int) {
    output = Tensor(pooled.output, lanes: lanes)
    inputGradient = Tensor(geometry.input, lanes: lanes)
    positions = Buffer(count: pooled.positionCount(lanes: lanes))
    kernelGradient = Buffer(count: geometry.kernelCount)
    biasGradient = Buffer(count: geometry.filters)
  }

  func runApart(_ trial: ConvolutionTrial, _ window: PoolingWindow, _ limit: Float?, _ gradient: Tensor, _ live: Int) {
    let (packed, scratch, lanes) = (trial.packed.inner, trial.scratch.inner, gradient.lanes)
    let whole = Tensor(trial.convolution.geometry.output, lanes: lanes)
    trial.convolution.forward(
      input: trial.input, packed: packed, bias: trial.bias, output: whole, scratch: scratch, live: live)
    Pooling.maximum(whole, window: window, limit: limit, into: output, positions: positions)
    Pooling.differentiateMaximum(gradient: gradient, positions: positions, window: window, into: whole)
    trial.convolution.biasGradient(outputGradient: whole, into: biasGradient)
    trial.convolution.filterGradient(
      input: trial.input, outputGradient: whole, kernelGradient: kernelGradient, scratch: scratch, live: live)
    trial.convolution.inputGradient(
      outputGradient: whole, packed: packed, inputGradient: inputGradient, scratch: scratch, live: live)
  }
}
