import Kernels
import Networks
import Tensors

/// Times the convolutions of a network, each distinct one by every algorithm that can compute it, on one shard.
struct KernelBench {
  /// Times taken of every direction; the shortest counts, because other processes only make it longer.
  static let repetitions = 8

  let graph: Graph
  let lanes: Int

  /// A table of GFLOP/s and shares of the FMA peak, which is measured in turn with the kernels.
  func run() throws -> String {
    var table = TextTable([
      ("layer", .left), ("input", .left), ("algorithm", .left), ("forward", .right), ("input gradient", .right),
      ("filter gradient", .right), ("peak", .right),
    ])
    var seen: Set<ConvolutionGeometry> = []
    for step in try Planner().plan(graph, lanes: lanes, mode: .training).steps {
      guard let layer = step.layer as? Conv2D else { continue }
      let geometry = layer.geometry(of: step.inputs[0].shape)
      guard seen.insert(geometry).inserted else { continue }
      for algorithm in ConvolutionAlgorithm.allCases where algorithm.supports(geometry) {
        let (peak, rates) = measure(Convolution(geometry, algorithm: algorithm))
        let cells = rates.map { "\(Int($0.rounded())) (\(Int(($0 / peak * 100).rounded())) %)" }
        table.add([step.name, "\(geometry.input)", algorithm.rawValue] + cells + ["\(Int(peak.rounded()))"])
      }
    }
    return "GFLOP/s and share of the peak of multiply-adds, \(lanes) images; OpenBLAS uses its kernels for \(GEMM.processor)\n\n\(table.text)"
  }

  /// GFLOP/s of the peak, and of forward, input gradient and filter gradient, counting multiplications as the layer's formula has them.
  private func measure(_ convolution: Convolution) -> (peak: Double, rates: [Double]) {
    let geometry = convolution.geometry
    let input = Tensor(geometry.input, lanes: lanes, border: convolution.inputBorder)
    let output = Tensor(geometry.output, lanes: lanes)
    let outputGradient = Tensor(geometry.output, lanes: lanes, border: convolution.outputGradientBorder)
    let inputGradient = Tensor(geometry.input, lanes: lanes)
    for (tensor, value) in [(input, Float(0.5)), (outputGradient, 0.25)] {
      tensor.fill(value)
      tensor.zeroBorder()
    }
    let kernel = Buffer(count: geometry.kernelCount)
    kernel.fill(0.01)
    let packed = Buffer(count: convolution.packedCount)
    convolution.pack(kernel, into: packed, backward: true)
    let scratch = Buffer(count: convolution.scratchCount(lanes: lanes))
    let directions: [() -> Void] = [
      { convolution.forward(input: input, packed: packed, bias: nil, output: output, scratch: scratch) },
      {
        convolution.inputGradient(
          outputGradient: outputGradient, packed: packed, inputGradient: inputGradient, scratch: scratch)
      },
      {
        convolution.filterGradient(
          input: input, outputGradient: outputGradient, kernelGradient: kernel, scratch: scratch)
      },
    ]
    let operations = 2 * Double(geometry.multiplications) * Double(lanes)
    let rounds = max(1, Int(1e9 / operations))
    var (peak, best) = (0.0, [0.0, 0.0, 0.0])
    for _ in 0..<KernelBench.repetitions {
      peak = max(peak, 2 * Processor.measureMultiplyAdds() * 1e-9)
      for (index, compute) in directions.enumerated() {
        let start = ContinuousClock.now
        for _ in 0..<rounds { compute() }
        let elapsed = (ContinuousClock.now - start).components
        let seconds = (Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18) / Double(rounds)
        best[index] = max(best[index], operations / seconds * 1e-9)
      }
    }
    return (peak, best)
  }
}
