import Kernels
public import Tensors

/// Rows and columns of zeros around an image: (H, W, C) to (top + H + bottom, left + W + right, C).
public struct ZeroPadding2D: Layer {
  public static let kerasName = "ZeroPadding2D"
  /// Top, bottom, left, right.
  public let padding: [Int]

  public init(_ padding: Int = 1) { self.init(top: padding, bottom: padding, left: padding, right: padding) }

  public init(top: Int, bottom: Int, left: Int, right: Int) { padding = [top, bottom, left, right] }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    try configuration.expect("data_format", among: ["channels_last"])
    let value = configuration.value("padding")
    if let all = value.asInteger {
      self.init(all)
      return
    }
    let axes = (value.asArray ?? []).map { axis in
      axis.asInteger.map { [$0, $0] } ?? (axis.asArray ?? []).compactMap(\.asInteger)
    }
    guard value == .null || (axes.count == 2 && axes.allSatisfy { $0.count == 2 && $0.allSatisfy { $0 >= 0 } }) else {
      throw ImportError("layer '\(configuration.layerName)' (ZeroPadding2D): padding is \(value.brief), but must be a number, or ((top, bottom), (left, right)).")
    }
    let cells = value == .null ? [1, 1, 1, 1] : axes.flatMap(\.self)
    self.init(top: cells[0], bottom: cells[1], left: cells[2], right: cells[3])
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    [
      "padding": .array([JSONValue([padding[0], padding[1]]), JSONValue([padding[2], padding[3]])]),
      "data_format": "channels_last",
    ]
  }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    let input = try inputs.one(rank: 3)
    return Signature(
      outputs: [[input.height + padding[0] + padding[1], input.width + padding[2] + padding[3], input.channels]])
  }

  public func forward(_ pass: borrowing ForwardPass) {
    Reshaping.pad(pass.input, height: padding[0], width: padding[2], into: pass.output)
  }

  public func backward(_ pass: borrowing BackwardPass) {
    guard let inputGradient = pass.inputGradient else { return }
    Reshaping.crop(pass.outputGradient, height: padding[0], width: padding[2], into: inputGradient)
  }

  /// Height and width.
  var before: Axes { Axes(depth: 0, height: padding[0], width: padding[2]) }
  var after: Axes { Axes(depth: 0, height: padding[1], width: padding[3]) }
}
