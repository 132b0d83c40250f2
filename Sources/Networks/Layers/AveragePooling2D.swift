public import Kernels
public import Tensors

/// The mean of the elements under a window: (H, W, C) to (H', W', C). Padding counts neither as a value nor in the divisor.
public struct AveragePooling2D: Layer {
  public static let kerasName = "AveragePooling2D"
  let window: PoolingWindow

  /// - Parameter strides: nil is the size.
  public init(_ size: Int = 2, strides: Int? = nil, padding: Padding = .valid) {
    window = PoolingWindow(size: [size, size], strides: strides.map { [$0, $0] }, padding: padding)
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    window = try configuration.poolingWindow()
  }

  public func kerasConfiguration() -> [String: JSONValue] { window.kerasConfiguration }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    Signature(outputs: [try window.output(of: inputs)])
  }

  public func forward(_ pass: borrowing ForwardPass) { Pooling.average(pass.input, window: window, into: pass.output) }

  public func backward(_ pass: borrowing BackwardPass) {
    guard let inputGradient = pass.inputGradient else { return }
    Pooling.differentiateAverage(gradient: pass.outputGradient, window: window, into: inputGradient)
  }
}
