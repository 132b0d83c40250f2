import Kernels
public import Tensors

/// Cells of zeros around an image: (H, W, C) to (top + H + bottom, left + W + right, C), or with one or three spatial
/// axes. Keras's `ZeroPadding1D`, `ZeroPadding2D` and `ZeroPadding3D`.
public struct ZeroPadding<Dimensions: SpatialDimensions>: Layer, PaddingLayer {
  public static var kerasName: String { "ZeroPadding\(Dimensions.suffix)" }
  let margins: Margins

  /// As many cells on all sides.
  public init(_ padding: Int = 1) { self.init(before: Dimensions.all(padding), after: Dimensions.all(padding)) }

  /// - Parameters:
  ///   - before, after: one number for each axis.
  public init(before: [Int], after: [Int]) {
    precondition(before.count == Dimensions.count && after.count == Dimensions.count)
    margins = Margins(before: before, after: after)
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    try configuration.expect("data_format", among: ["channels_last"])
    margins = try Margins("padding", in: configuration, axes: Dimensions.count, default: 1)
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    ["padding": margins.kerasConfiguration].namingFormat(axes: Dimensions.count)
  }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    let input = try Dimensions.input(inputs)
    let sizes = (0..<Dimensions.count).map { margins.before[$0] + input.dimensions[$0] + margins.after[$0] }
    return Signature(outputs: [Shape(sizes + [input.channels])])
  }

  public func forward(_ pass: borrowing ForwardPass) {
    let start = margins.axesBefore
    Reshaping.pad(pass.input, depth: start.depth, height: start.height, width: start.width, into: pass.output)
  }

  public func backward(_ pass: borrowing BackwardPass) {
    guard let inputGradient = pass.inputGradient else { return }
    let start = margins.axesBefore
    Reshaping.crop(
      pass.outputGradient, depth: start.depth, height: start.height, width: start.width, into: inputGradient)
  }
}

extension ZeroPadding<TwoDimensions> {
  public init(top: Int, bottom: Int, left: Int, right: Int) { self.init(before: [top, left], after: [bottom, right]) }
}

public typealias ZeroPadding1D = ZeroPadding<OneDimension>
public typealias ZeroPadding2D = ZeroPadding<TwoDimensions>
public typealias ZeroPadding3D = ZeroPadding<ThreeDimensions>
