public import Kernels
public import Tensors

/// The largest element under a window: (H, W, C) to (H', W', C), or with one or three spatial axes. Padding never wins.
/// Keras's `MaxPooling1D`, `MaxPooling2D` and `MaxPooling3D`.
///
/// Backward gives the gradient of an output to the first largest element of its window, in row-major order.
public struct MaxPooling<Dimensions: SpatialDimensions>: Layer, PaddingAbsorbing, RectifierAbsorbing {
  public static var kerasName: String { "MaxPooling\(Dimensions.suffix)" }
  private(set) var window: PoolingWindow
  /// Makes every output min(max(0, y), maximum), infinity standing for none: a rectifier that stood in front.
  private(set) var maximum: Float?

  /// - Parameter strides: nil is the size.
  public init(_ size: Int = 2, strides: Int? = nil, padding: Padding = .valid) {
    self.init(Dimensions.all(size), strides: strides.map(Dimensions.all), padding: padding)
  }

  /// - Parameters:
  ///   - size: one number for each axis.
  ///   - strides: nil is the size.
  public init(_ size: [Int], strides: [Int]? = nil, padding: Padding = .valid) {
    precondition(size.count == Dimensions.count && padding != .causal)
    window = PoolingWindow(size: size, strides: strides, padding: padding)
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    window = try configuration.poolingWindow(axes: Dimensions.count)
  }

  public func kerasConfiguration() -> [String: JSONValue] { window.kerasConfiguration(axes: Dimensions.count) }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    let output = try window.output(of: try Dimensions.input(inputs))
    var signature = Signature(outputs: [output])
    signature.saved = { Pooling.positionCount(output: Layout(output, lanes: $0)) }
    signature.isChannelwise = true
    return signature
  }

  public func forward(_ pass: borrowing ForwardPass) {
    Pooling.maximum(
      pass.input, window: window, limit: maximum, into: pass.output,
      positions: pass.mode == .training ? positions(of: pass.output, in: pass.saved, pass.block) : nil)
  }

  public func backward(_ pass: borrowing BackwardPass) {
    guard let inputGradient = pass.inputGradient else { return }
    Pooling.differentiateMaximum(
      gradient: pass.outputGradient, positions: positions(of: pass.outputGradient, in: pass.saved, pass.block),
      window: window,
      into: inputGradient)
  }

  /// What is remembered of a block of channels; they lie one after the other.
  private func positions(of output: Tensor, in saved: Buffer, _ block: Range<Int>?) -> Buffer {
    let count = Pooling.positionCount(output: output.layout)
    let start = (block?.lowerBound ?? 0) * count / output.shape.channels
    return saved[start..<start + count]
  }

  /// The same layer with another window.
  func moved(over window: PoolingWindow) -> MaxPooling {
    var copy = self
    copy.window = window
    return copy
  }

  func absorbing(rectifier maximum: Float) -> MaxPooling? {
    guard self.maximum == nil else { return nil }
    var copy = self
    copy.maximum = maximum
    return copy
  }

  /// Behind a ReLU the zeros of the padding never change a maximum, and where they equal it no gradient passes the
  /// ReLU.
  func absorbing(_ margins: Margins, isRectified: Bool) -> MaxPooling? {
    let sizes = [window.size.x, window.size.y, window.size.z].suffix(Dimensions.count)
    let isCovered = zip(sizes, zip(margins.before, margins.after)).allSatisfy { $0 > max($1.0, $1.1) }
    guard isRectified, window.padding == .valid, isCovered else { return nil }
    var copy = self
    copy.window = window.surrounded(before: margins.axesBefore, after: margins.axesAfter)
    return copy
  }
}

public typealias MaxPooling1D = MaxPooling<OneDimension>
public typealias MaxPooling2D = MaxPooling<TwoDimensions>
public typealias MaxPooling3D = MaxPooling<ThreeDimensions>
