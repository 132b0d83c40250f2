public import Kernels
public import Tensors

/// The largest element under a window: (H, W, C) to (H', W', C). Padding never wins.
///
/// Backward gives the gradient of an output to the first largest element of its window, in row-major order.
public struct MaxPooling2D: Layer, PaddingAbsorbing {
  public static let kerasName = "MaxPooling2D"
  private(set) var window: PoolingWindow

  /// - Parameter strides: nil is the size.
  public init(_ size: Int = 2, strides: Int? = nil, padding: Padding = .valid) {
    window = PoolingWindow(size: [size, size], strides: strides.map { [$0, $0] }, padding: padding)
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    window = try configuration.poolingWindow()
  }

  public func kerasConfiguration() -> [String: JSONValue] { window.kerasConfiguration }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    let output = try window.output(of: inputs)
    var signature = Signature(outputs: [output])
    signature.saved = { Pooling.positionCount(output: Layout(output, lanes: $0)) }
    return signature
  }

  public func forward(_ pass: borrowing ForwardPass) {
    Pooling.maximum(pass.input, window: window, into: pass.output, positions: pass.mode == .training ? pass.saved : nil)
  }

  public func backward(_ pass: borrowing BackwardPass) {
    guard let inputGradient = pass.inputGradient else { return }
    Pooling.differentiateMaximum(
      gradient: pass.outputGradient, positions: pass.saved, window: window, into: inputGradient)
  }

  /// Behind a ReLU the zeros of the padding never change a maximum, and where they equal it no gradient passes the ReLU.
  func absorbing(_ padding: ZeroPadding2D, isRectified: Bool) -> MaxPooling2D? {
    let size = [window.size.y, window.size.y, window.size.z, window.size.z]
    guard isRectified, window.padding == .valid, zip(padding.padding, size).allSatisfy({ $0 < $1 }) else { return nil }
    var copy = self
    copy.window = window.surrounded(before: padding.before, after: padding.after)
    return copy
  }
}
