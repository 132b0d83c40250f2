import Kernels
public import Tensors

/// Every row and column of an image repeated: (H, W, C) to (rows * H, columns * W, C). Backward sums what was repeated.
///
/// Keras's `interpolation` other than "nearest" is refused.
public struct UpSampling2D: Layer {
  public static let kerasName = "UpSampling2D"
  public let rows: Int
  public let columns: Int

  public init(_ size: Int = 2) { self.init(rows: size, columns: size) }
  public init(rows: Int, columns: Int) { (self.rows, self.columns) = (rows, columns) }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    let size = try configuration.integers("size", count: 2, default: 2)
    guard size.allSatisfy({ $0 > 0 }) else {
      throw ImportError("layer '\(configuration.layerName)' (UpSampling2D): size is \(size), but must be at least 1.")
    }
    try configuration.expect("data_format", among: ["channels_last"])
    try configuration.expect("interpolation", among: ["nearest"])
    self.init(rows: size[0], columns: size[1])
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    ["size": JSONValue([rows, columns]), "data_format": "channels_last", "interpolation": "nearest"]
  }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    let input = try inputs.one(rank: 3)
    let (height, tall) = input.height.multipliedReportingOverflow(by: rows)
    let (width, wide) = input.width.multipliedReportingOverflow(by: columns)
    guard !tall, !wide else { throw ShapeError("enlarges \(input) beyond all memory; give it a smaller size.") }
    return Signature(outputs: [[height, width, input.channels]])
  }

  public func forward(_ pass: borrowing ForwardPass) {
    Rearrangement.enlarge(pass.input, rows: rows, columns: columns, into: pass.output)
  }

  public func backward(_ pass: borrowing BackwardPass) {
    guard let inputGradient = pass.inputGradient else { return }
    Rearrangement.differentiateEnlarging(
      gradient: pass.outputGradient, rows: rows, columns: columns, into: inputGradient)
  }
}
