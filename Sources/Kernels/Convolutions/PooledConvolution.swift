public import Tensors

/// A convolution by Winograd's algorithm and the max pooling behind it, a band of rows at a time: what the convolution
/// gives, four times as large as what the pooling leaves of it, never gets to memory, nor does its gradient.
///
/// The numbers are those of the two, one after the other, but for the order in which the gradient of the kernel is
/// summed: band by band. Backward computes the gradients of two more rows on both sides of a band, which those of the
/// input next to its ends need.
public struct PooledConvolution: Sendable {
  private let geometry: ConvolutionGeometry
  private let winograd: WinogradConvolution
  private let window: PoolingWindow
  /// See `Pooling.maximum`.
  private let limit: Float?
  private let pooled: Shape
  private let bands: [Band]
  /// The most rows of the convolution's output that are there at a time.
  private let bandShape: Shape

  /// Bytes of the convolution's output for 16 images from which on this is faster: where it would not stay in a cache.
  private static let leastBytes = 32 << 20
  /// Bytes of a band of it.
  private static let bandBytes = 8 << 20

  /// Rows that are computed together. Convolution and input have the same size.
  private struct Band: Sendable {
    /// Of the convolution's output, and of its input's gradient.
    let rows: Range<Int>, rowsShape: Shape, rowsInputShape: Shape
    /// The rows that those read: one more on each side, inside the image.
    let reach: Range<Int>, reachShape: Shape, reachInputShape: Shape
    /// The rows whose gradient is computed: two more on each side.
    let halo: Range<Int>, haloShape: Shape
    let pooled: Range<Int>, pooledShape: Shape
    let pooledHalo: Range<Int>, pooledHaloShape: Shape

    /// Rows of padding above `reach`.
    var top: Int { rows.lowerBound == 0 ? 1 : 0 }

    init(_ rows: Range<Int>, of geometry: ConvolutionGeometry) {
      let (output, input) = (geometry.output, geometry.input)
      func widened(_ count: Int) -> Range<Int> {
        max(0, rows.lowerBound - count)..<min(output.height, rows.upperBound + count)
      }
      func halved(_ rows: Range<Int>) -> Range<Int> { rows.lowerBound / 2..<rows.upperBound / 2 }
      func shape(_ rows: Range<Int>, like whole: Shape) -> Shape { [rows.count, whole.width, whole.channels] }
      func pooledShape(_ rows: Range<Int>) -> Shape { [rows.count / 2, output.width / 2, output.channels] }
      (self.rows, reach, halo) = (rows, widened(1), widened(2))
      (rowsShape, reachShape, haloShape) = (
        shape(rows, like: output), shape(reach, like: output), shape(halo, like: output)
      )
      (rowsInputShape, reachInputShape) = (shape(rows, like: input), shape(reach, like: input))
      (pooled, self.pooledShape) = (halved(rows), pooledShape(rows))
      (pooledHalo, pooledHaloShape) = (halved(halo), pooledShape(halo))
    }
  }

  /// Whether the two together are faster: for large images, with padding that keeps their size, and windows of 2 x 2
  /// that tile them.
  public static func pays(_ convolution: Convolution, _ window: PoolingWindow) -> Bool {
    let (input, output) = (convolution.geometry.input, convolution.geometry.output)
    return [.winograd, .blockedWinograd].contains(convolution.algorithm) && window == PoolingWindow(size: [2, 2])
      && convolution.geometry.paddingBefore == Axes(depth: 0, height: 1, width: 1) && input.height == output.height
      && input.width == output.width && output.height % 2 == 0 && output.width % 2 == 0
      && output.count * Layout.laneMultiple * MemoryLayout<Float>.stride >= leastBytes
  }

  /// - Parameters:
  ///   - convolution: one for which it pays.
  ///   - limit: as in `Pooling.maximum`.
  public init(_ convolution: Convolution, _ window: PoolingWindow, limit: Float?) {
    precondition(PooledConvolution.pays(convolution, window), "a convolution and a pooling that run apart")
    self.init(convolution, window, limit: limit, bandBytes: PooledConvolution.bandBytes)
  }

  /// With bands of another size, and whether or not it pays.
  package init(_ convolution: Convolution, _ window: PoolingWindow, limit: Float?, bandBytes: Int) {
    geometry = convolution.geometry
    winograd = WinogradConvolution(
      geometry, vectorFloats: Processor.vectorFloats, algorithm: convolution.algorithm)
    (self.window, self.limit) = (window, limit)
    let output = geometry.output
    pooled = [output.height / 2, output.width / 2, output.channels]
    // Tiles have four rows.
    let rowBytes = output.channels * output.width * Layout.laneMultiple * MemoryLayout<Float>.stride
    let height = max(4, bandBytes / rowBytes / 4 * 4)
    bands = stride(from: 0, to: output.height, by: height).map { [geometry] first in
      Band(first..<min(first + height, output.height), of: geometry)
    }
    bandShape = [bands.map(\.halo.count).max()!, output.width, output.channels]
  }

  /// Of the pooling.
  public var output: Shape { pooled }

  /// Floats that backward needs of forward.
  public func positionCount(lanes: Int) -> Int { Pooling.positionCount(output: Layout(pooled, lanes: lanes)) }

  /// Floats of scratch: a band, a gradient of the kernel and one of the bias, and what the convolution needs.
  public func scratchCount(lanes: Int) -> Int {
    let needed = bands.map {
      winograd.scratchCount(from: Layout($0.reachInputShape, lanes: lanes), to: Layout($0.rowsShape, lanes: lanes))
    }
    return Layout(bandShape, lanes: lanes).count + geometry.kernelCount + biasCount + needed.max()!
  }

  private var biasCount: Int { (geometry.filters + 15) / 16 * 16 }

  /// Overwrites `output`, the pooling's.
  ///
  /// - Parameters: as in `Convolution.forward` and `Pooling.maximum`.
  public func forward(
    input: Tensor, packed: Buffer, bias: Buffer?, output: Tensor, positions: Buffer?, scratch: Buffer, live: Int
  ) {
    let layout = Layout(bandShape, lanes: input.lanes)
    for band in bands {
      let result = Tensor(band.rowsShape, layout: layout.rows(0..<band.rows.count), storage: scratch, isStreamed: false)
      winograd.forward(
        input: input.rows(band.reach, as: band.reachInputShape), packed: packed, bias: bias, maximum: 0,
        output: result,
        scratch: scratch[layout.count..<scratch.count], live: live, top: band.top)
      Pooling.maximum(
        result, window: window, limit: limit, into: output.rows(band.pooled, as: band.pooledShape),
        positions: positions,
        part: (band.pooled.lowerBound, output.layout))
    }
  }

  /// Overwrites the gradients that are given.
  ///
  /// - Parameters: as in `Convolution` and `Pooling.differentiateMaximum`; `outputGradient` is that of the pooling's
  ///   output.
  public func backward(
    input: Tensor?, outputGradient: Tensor, positions: Buffer, packed: Buffer, kernelGradient: Buffer?,
    biasGradient: Buffer?,
    inputGradient: Tensor?, scratch: Buffer, live: Int
  ) {
    let layout = Layout(bandShape, lanes: outputGradient.lanes)
    let kernelPart = scratch[layout.count..<layout.count + geometry.kernelCount]
    let biasPart = scratch[layout.count + geometry.kernelCount..<layout.count + geometry.kernelCount + geometry.filters]
    let rest = scratch[layout.count + geometry.kernelCount + biasCount..<scratch.count]
    for band in bands {
      let gradient = Tensor(
        band.haloShape, layout: layout.rows(0..<band.halo.count), storage: scratch, isStreamed: false)
      Pooling.differentiateMaximum(
        gradient: outputGradient.rows(band.pooledHalo, as: band.pooledHaloShape), positions: positions, window: window,
        into: gradient, part: (band.pooledHalo.lowerBound, outputGradient.layout))
      let own = gradient.rows(band.rows.moved(by: -band.halo.lowerBound), as: band.rowsShape)
      let isFirst = band.rows.lowerBound == 0
      if let biasGradient {
        ChannelSums.of(own, live: own.lanes, into: isFirst ? biasGradient : biasPart)
        if !isFirst { biasGradient.add(biasPart) }
      }
      if let kernelGradient, let input {
        winograd.filterGradient(
          input: input.rows(band.reach, as: band.reachInputShape), outputGradient: own,
          kernelGradient: isFirst ? kernelGradient : kernelPart, scratch: rest, live: live, top: band.top)
        if !isFirst { kernelGradient.add(kernelPart) }
      }
      if let inputGradient {
        winograd.inputGradient(
          outputGradient: gradient.rows(band.reach.moved(by: -band.halo.lowerBound), as: band.reachShape),
          packed: packed,
          inputGradient: inputGradient.rows(band.rows, as: band.rowsInputShape), scratch: rest, live: live,
          top: band.top)
      }
    }
  }
}

extension Range<Int> {
  fileprivate func moved(by offset: Int) -> Range<Int> { lowerBound + offset..<upperBound + offset }
}
