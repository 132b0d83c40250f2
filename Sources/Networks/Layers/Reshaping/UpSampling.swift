public import Kernels
public import Tensors

/// An enlarged image: (H, W, C) to (rows * H, columns * W, C), or with one or three spatial axes. Keras's
/// `UpSampling1D`, `UpSampling2D` and `UpSampling3D`.
///
/// `nearest` repeats every cell, and backward sums what was repeated. Images also know the other interpolations of
/// `Resampling`.
public struct UpSampling<Dimensions: SpatialDimensions>: Layer {
  public static var kerasName: String { "UpSampling\(Dimensions.suffix)" }
  /// How many cells become of one, along each axis.
  public let size: [Int]
  public let interpolation: Interpolation
  /// For the shape that the layer is bound to; nil where cells are repeated.
  private var resampling: Resampling?

  public init(_ size: Int = 2) { self.init(size: Dimensions.all(size)) }

  /// - Parameter size: one number for each axis.
  public init(size: [Int]) { self.init(size, .nearest) }

  private init(_ size: [Int], _ interpolation: Interpolation) {
    precondition(size.count == Dimensions.count && size.allSatisfy { $0 > 0 })
    (self.size, self.interpolation) = (size, interpolation)
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    let size = try configuration.integers("size", count: Dimensions.count, default: 2)
    guard size.allSatisfy({ (1...1 << 20).contains($0) }) else {
      throw ImportError(
        "layer '\(configuration.layerName)' (\(Self.kerasName)): size is \(size), but must be at least 1.")
    }
    try configuration.expect("data_format", among: ["channels_last"])
    let isImage = Dimensions.count == 2
    self.init(
      size, isImage ? try configuration.choice("interpolation", default: .nearest) : .nearest)
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    let factors = Dimensions.count == 1 ? JSONValue.integer(size[0]) : JSONValue(size)
    var values = ["size": factors].namingFormat(axes: Dimensions.count)
    if Dimensions.count == 2 { values["interpolation"] = .string(interpolation.rawValue) }
    return values
  }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    let input = try Dimensions.input(inputs)
    let output = Shape(zip(input.dimensions, size).map { $0 * $1 } + [input.channels])
    try output.checkSize()
    var signature = Signature(outputs: [output])
    if let resampling = resampling(of: input) { signature.scratch = { resampling.scratchCount(lanes: $0) } }
    return signature
  }

  public func bound(to inputs: [Shape]) -> any Layer {
    var copy = self
    copy.resampling = resampling(of: inputs[0])
    return copy
  }

  public func forward(_ pass: borrowing ForwardPass) {
    if let resampling {
      resampling.apply(pass.input, into: pass.output, scratch: pass.scratch)
    } else {
      Rearrangement.enlarge(pass.input, by: Axes(size), into: pass.output)
    }
  }

  public func backward(_ pass: borrowing BackwardPass) {
    guard let inputGradient = pass.inputGradient else { return }
    if let resampling {
      resampling.differentiate(gradient: pass.outputGradient, into: inputGradient, scratch: pass.scratch)
    } else {
      Rearrangement.differentiateEnlarging(gradient: pass.outputGradient, by: Axes(size), into: inputGradient)
    }
  }

  private func resampling(of input: Shape) -> Resampling? {
    guard interpolation != .nearest else { return nil }
    return Resampling(
      input, height: input.height * size[0], width: input.width * size[1], interpolation: interpolation)
  }
}

extension UpSampling<TwoDimensions> {
  public init(_ size: Int = 2, interpolation: Interpolation) {
    self.init(size: [size, size], interpolation: interpolation)
  }

  /// - Parameter size: of rows and of columns.
  public init(size: [Int], interpolation: Interpolation) { self.init(size, interpolation) }
}

public typealias UpSampling1D = UpSampling<OneDimension>
public typealias UpSampling2D = UpSampling<TwoDimensions>
public typealias UpSampling3D = UpSampling<ThreeDimensions>
