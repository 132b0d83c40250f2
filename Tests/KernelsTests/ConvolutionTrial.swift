import Kernels
import Tensors
import Testing

/// A convolution with random values in strictly sized, guarded memory.
struct ConvolutionTrial {
  let convolution: Convolution
  let input: Tensor, output: Tensor
  let inputGradient: Tensor, outputGradient: Tensor
  let kernel: Buffer, bias: Buffer
  let packed: Guarded, scratch: Guarded

  /// - Parameters:
  ///   - extraBorder: cells that the tensors have around them beyond those that the convolution asks for.
  ///   - deadLanes: lanes at the end in which gradients of the output are zero.
  init(
    _ geometry: ConvolutionGeometry, _ variant: ConvolutionVariant, lanes: Int, extraBorder: Int, deadLanes: Int = 0
  ) {
    convolution = Convolution(geometry, algorithm: variant.algorithm, vectorFloats: variant.vectorFloats)
    var stream = RandomStream(seed: 7, purpose: .synthesis)
    func random(_ count: Int) -> [Float] { (0..<count).map { _ in stream.uniform() * 2 - 1 } }
    func border(_ needed: Border) -> Border {
      Border(
        front: needed.front, back: needed.back + extraBorder, top: needed.top + extraBorder, bottom: needed.bottom,
        left: needed.left + extraBorder, right: needed.right + extraBorder)
    }
    func tensor(_ shape: Shape, _ needed: Border, live: Int) -> Tensor {
      // What the algorithm does not ask to be zero must not be read at all.
      let tensor = Tensor(shape, lanes: lanes, border: border(needed))
      tensor.fill(.nan)
      if needed != .none { tensor.zeroBorder() }
      for lane in 0..<lanes {
        tensor.setSample(lane, lane < live ? random(shape.count) : [Float](repeating: 0, count: shape.count))
      }
      return tensor
    }
    input = tensor(geometry.input, convolution.inputBorder, live: lanes)
    outputGradient = tensor(geometry.output, convolution.outputGradientBorder, live: lanes - deadLanes)
    output = Tensor(geometry.output, lanes: lanes, border: border(.none))
    inputGradient = Tensor(geometry.input, lanes: lanes, border: border(.none))
    kernel = Buffer(random(geometry.kernelCount))
    bias = Buffer(random(geometry.filters))
    packed = Guarded(count: convolution.packedCount)
    scratch = Guarded(count: convolution.scratchCount(lanes: lanes))
  }

  /// Whether every border cell is still NaN, after `fill(.nan)`.
  func borderIsNaN(_ tensor: Tensor) -> Bool {
    let interior = tensor.layout.channels * tensor.layout.planeCount
    return tensor.storage.values.count(where: \.isNaN) == tensor.layout.count - interior
  }
}

/// Results of a convolution of values in (-1, 1) against the definition.
func expectClose(_ values: [Float], _ truth: [Double], terms: Int, _ what: String) {
  // Values lie in (-1, 1): rounding errors stay far below this, and wrong taps far above.
  let tolerance = 3e-6 * max(4, Double(terms).squareRoot())
  let worst = zip(values, truth).map { abs(Double($0) - $1) }.max() ?? 0
  #expect(values.count == truth.count && worst.isFinite && worst < tolerance, "\(what): off by \(worst)")
  let isFinite = values.allSatisfy { $0.isFinite }
  #expect(isFinite, "\(what): not finite")
}
