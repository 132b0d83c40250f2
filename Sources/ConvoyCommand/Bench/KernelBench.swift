import Foundation
import Kernels
import Networks
import Tensors
import Training

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
      ("filter gradient", .right), ("peak", .right), ("sgemm", .right),
    ])
    var seen: Set<ConvolutionGeometry> = []
    for step in try Planner().plan(graph, lanes: lanes, mode: .training).steps {
      guard let layer = step.layer as? Conv2D else { continue }
      let geometry = layer.geometry(of: step.inputs[0].shape)
      guard seen.insert(geometry).inserted else { continue }
      let tensors = Layout(geometry.input, lanes: lanes).count.saturatedSum(Layout(geometry.output, lanes: lanes).count)
      try MemoryState.require(
        [2, tensors, MemoryLayout<Float>.stride].saturatedProduct, for: "layer '\(step.name)'",
        remedy: "give a smaller --batch")
      for algorithm in ConvolutionAlgorithm.allCases where algorithm.supports(geometry) {
        let rates = measure(Convolution(geometry, algorithm: algorithm))
        let operations = 2e-9 * Double(geometry.multiplications) * Double(lanes)
        let cells = rates.directions.map { rate in
          let milliseconds = String(format: "%.2f", operations / rate * 1e3)
          return "\(milliseconds) ms, \(Int(rate.rounded())) (\(Int((rate / rates.peak * 100).rounded())) %)"
        }
        let bounds = [rates.peak, rates.product].map { "\(Int($0.rounded()))" }
        table.add([step.name, "\(geometry.input)", algorithm.rawValue] + cells + bounds)
      }
    }
    return """
      milliseconds, GFLOP/s and share of the peak of multiply-adds, \(lanes) images; sgemm is OpenBLAS's product of \
      two square \
      matrices of \(KernelBench.side), with its kernels for \(GEMM.processor)

      \(table.text)
      """
  }

  /// Rows and columns of the matrices of the product.
  static let side = 768

  /// GFLOP/s of multiply-adds alone, of OpenBLAS's product, and of forward, input gradient and filter gradient,
  /// counting multiplications as the layer's formula has them.
  private struct Rates {
    var peak = 0.0
    var product = 0.0
    var directions = [0.0, 0.0, 0.0]
  }

  private func measure(_ convolution: Convolution) -> Rates {
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
    let matrix = Matrix(
      Buffer(count: KernelBench.side * KernelBench.side), rows: KernelBench.side, columns: KernelBench.side)
    let product = Matrix(Buffer(count: matrix.buffer.count), rows: KernelBench.side, columns: KernelBench.side)
    let productOperations = 2 * Double(matrix.buffer.count * KernelBench.side)
    var rates = Rates()
    for _ in 0..<KernelBench.repetitions {
      rates.peak = max(rates.peak, 2 * Processor.measureMultiplyAdds() * 1e-9)
      let seconds = KernelBench.seconds { GEMM.multiply(matrix, matrix, into: product) }
      rates.product = max(rates.product, productOperations / seconds * 1e-9)
      for (index, compute) in directions.enumerated() {
        let seconds = KernelBench.seconds { for _ in 0..<rounds { compute() } } / Double(rounds)
        rates.directions[index] = max(rates.directions[index], operations / seconds * 1e-9)
      }
    }
    return rates
  }

  private static func seconds(_ body: () -> Void) -> Double {
    let start = ContinuousClock.now
    body()
    return (ContinuousClock.now - start) / .seconds(1)
  }
}
