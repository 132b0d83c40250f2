import Foundation
import Kernels
import Tensors
import Testing

/// How much the algorithms of inference round, and which it chooses.
@Suite struct ConvolutionRoundingTests {
  /// Rounding of what inference chooses is at most twice that of plain sums, in the mean, also where channels differ
  /// much.
  @Test(arguments: [(64, 16), (96, 32), (128, 16), (80, 24), (16, 64), (32, 16), (48, 64)])
  func inferenceRoundsLikePlainSums(
    channels: Int, filters: Int
  ) {
    let geometry = ConvolutionGeometry(input: [8, 8, channels], filters: filters, kernel: [3, 3], padding: .same)
    let algorithm = Convolution.preferredAlgorithm(for: geometry, among: Convolution.forInference)
    let isSmall = channels < 64
    let wanted: ConvolutionAlgorithm = isSmall ? .smallTileWinograd : .blockedWinograd
    #expect(algorithm == (Processor.vectorFloats >= 8 ? wanted : .lowered))
    func error(_ variant: ConvolutionVariant) -> Double {
      let trial = ConvolutionTrial(geometry, variant, lanes: 16, extraBorder: 0)
      var stream = RandomStream(seed: 5, purpose: .synthesis)
      let scales = (0..<channels).map { _ in Float(exp(2 * Double(stream.uniform() - stream.uniform()))) }
      for lane in 0..<16 {
        trial.input.setSample(
          lane, (0..<geometry.input.count).map { max(0, stream.uniform() - 0.3) * scales[$0 % channels] }[...])
      }
      trial.convolution.pack(trial.kernel, into: trial.packed.inner, backward: false)
      trial.convolution.forward(
        input: trial.input, packed: trial.packed.inner, bias: nil, output: trial.output, scratch: trial.scratch.inner)
      return (0..<4).reduce(0) { sum, lane in
        let truth = ReferenceConvolution.forward(
          geometry, input: trial.input.sample(lane), kernel: trial.kernel.values, bias: nil)
        return zip(trial.output.sample(lane), truth).reduce(sum) { $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1) }
      }.squareRoot()
    }
    let (plain, blocked, whole) = (
      error(.direct16), error(isSmall ? .smallTileWinograd16 : .blockedWinograd16), error(.winograd16)
    )
    let limit = (isSmall ? 1.3 : 2) * plain
    #expect(blocked <= limit && blocked < whole && plain > 0, "\(blocked / plain), unblocked \(whole / plain)")
  }

  /// Few channels hide nothing of what tiles of 4 x 4 round, so that inference takes those of 2 x 2, and fewer still it
  /// sums as they are.
  @Test func inferenceRoundsFewChannelsLittle() {
    for channels in [3, 16, 32, 48] {
      let geometry = ConvolutionGeometry(input: [32, 32, channels], filters: 64, kernel: [3, 3], padding: .same)
      let algorithm = Convolution.preferredAlgorithm(for: geometry, among: Convolution.forInference)
      let wanted: ConvolutionAlgorithm = channels < 16 ? .blockedDirect : .smallTileWinograd
      #expect(algorithm == (Processor.vectorFloats >= 8 ? wanted : .lowered), "\(channels): \(algorithm)")
    }
  }

  /// Long sums in blocks round at most half as much as one sum.
  @Test(arguments: [ConvolutionVariant.blockedDirect16, .blockedDirect8]) func blocksRoundLess(
    variant: ConvolutionVariant
  ) {
    let geometry = ConvolutionGeometry(input: [4, 4, 2048], filters: 24, kernel: .one, padding: .valid)
    func error(_ variant: ConvolutionVariant) -> Double {
      let trial = ConvolutionTrial(geometry, variant, lanes: 16, extraBorder: 0)
      trial.convolution.pack(trial.kernel, into: trial.packed.inner, backward: false)
      trial.convolution.forward(
        input: trial.input, packed: trial.packed.inner, bias: nil, output: trial.output, scratch: trial.scratch.inner)
      let truth = ReferenceConvolution.forward(
        geometry, input: trial.input.sample(2), kernel: trial.kernel.values, bias: nil)
      return zip(trial.output.sample(2), truth).reduce(0) { $0 + ($1.1 - Double($1.0)) * ($1.1 - Double($1.0)) }
        .squareRoot()
    }
    let (plain, blocked) = (error(.direct16), error(variant))
    #expect(blocked <= plain / 2 && blocked > 0, "\(blocked / plain)")
  }
}
