public import Kernels
public import Tensors

/// The mean of the elements under a window: (H, W, C) to (H', W', C), or with one or three spatial axes. Padding counts
/// neither as a value nor in the divisor. Keras's `AveragePooling1D`, `AveragePooling2D` and `AveragePooling3D`.
public struct AveragePooling<Dimensions: SpatialDimensions>: Layer {
  public static var kerasName: String { "AveragePooling\(Dimensions.suffix)" }
  let window: PoolingWindow

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

  init(_ window: PoolingWindow) { self.window = window }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    window = try configuration.poolingWindow(axes: Dimensions.count)
  }

  public func kerasConfiguration() -> [String: JSONValue] { window.kerasConfiguration(axes: Dimensions.count) }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    var signature = Signature(outputs: [try window.output(of: try Dimensions.input(inputs))])
    signature.isChannelwise = true
    return signature
  }

  public func forward(_ pass: borrowing ForwardPass) { Pooling.average(pass.input, window: window, into: pass.output) }

  public func backward(_ pass: borrowing BackwardPass) {
    guard let inputGradient = pass.inputGradient else { return }
    Pooling.differentiateAverage(gradient: pass.outputGradient, window: window, into: inputGradient)
  }
}

public typealias AveragePooling1D = AveragePooling<OneDimension>
public typealias AveragePooling2D = AveragePooling<TwoDimensions>
public typealias AveragePooling3D = AveragePooling<ThreeDimensions>
