import Kernels
public import Tensors

/// An image without some cells at its sides: (H, W, C) to (H - top - bottom, W - left - right, C), or with one or three
/// spatial axes. Keras's `Cropping1D`, `Cropping2D` and `Cropping3D`.
public struct Cropping<Dimensions: SpatialDimensions>: Layer {
  public static var kerasName: String { "Cropping\(Dimensions.suffix)" }
  let margins: Margins

  /// - Parameters:
  ///   - before, after: one number for each axis.
  public init(before: [Int] = Dimensions.all(0), after: [Int] = Dimensions.all(0)) {
    precondition(before.count == Dimensions.count && after.count == Dimensions.count)
    margins = Margins(before: before, after: after)
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    try configuration.expect("data_format", among: ["channels_last"])
    margins = try Margins(
      "cropping", in: configuration, axes: Dimensions.count, default: Dimensions.count == 2 ? 0 : 1)
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    ["cropping": margins.kerasConfiguration].namingFormat(axes: Dimensions.count)
  }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    let input = try Dimensions.input(inputs)
    let sizes = (0..<Dimensions.count).map { input.dimensions[$0] - margins.before[$0] - margins.after[$0] }
    guard sizes.allSatisfy({ $0 > 0 }) else { throw ShapeError("crops all of \(input); crop fewer cells.") }
    return Signature(outputs: [Shape(sizes + [input.channels])])
  }

  public func forward(_ pass: borrowing ForwardPass) {
    let start = margins.axesBefore
    Reshaping.crop(pass.input, depth: start.depth, height: start.height, width: start.width, into: pass.output)
  }

  public func backward(_ pass: borrowing BackwardPass) {
    guard let inputGradient = pass.inputGradient else { return }
    let start = margins.axesBefore
    Reshaping.pad(
      pass.outputGradient, depth: start.depth, height: start.height, width: start.width, into: inputGradient)
  }
}

extension Cropping<TwoDimensions> {
  public init(top: Int = 0, bottom: Int = 0, left: Int = 0, right: Int = 0) {
    self.init(before: [top, left], after: [bottom, right])
  }
}

public typealias Cropping1D = Cropping<OneDimension>
public typealias Cropping2D = Cropping<TwoDimensions>
public typealias Cropping3D = Cropping<ThreeDimensions>
