import Kernels
public import Tensors

/// An image without some of its rows and columns: (H, W, C) to (H - top - bottom, W - left - right, C).
public struct Cropping2D: Layer {
  public static let kerasName = "Cropping2D"
  /// Top, bottom, left, right.
  public let cropping: [Int]

  public init(top: Int = 0, bottom: Int = 0, left: Int = 0, right: Int = 0) { cropping = [top, bottom, left, right] }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    try configuration.expect("data_format", among: ["channels_last"])
    let value = configuration.value("cropping")
    let axes = value.asInteger.map { [[$0, $0], [$0, $0]] } ?? (value.asArray ?? []).map { axis in
      axis.asInteger.map { [$0, $0] } ?? (axis.asArray ?? []).compactMap(\.asInteger)
    }
    guard value == .null || (axes.count == 2 && axes.allSatisfy { $0.count == 2 && $0.allSatisfy { $0 >= 0 } }) else {
      throw ImportError("layer '\(configuration.layerName)' (Cropping2D): cropping is \(value.brief), but must be a number, or ((top, bottom), (left, right)).")
    }
    cropping = value == .null ? [0, 0, 0, 0] : axes.flatMap(\.self)
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    [
      "cropping": .array([JSONValue([cropping[0], cropping[1]]), JSONValue([cropping[2], cropping[3]])]),
      "data_format": "channels_last",
    ]
  }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    let input = try inputs.one(rank: 3)
    let (height, width) = (input.height - cropping[0] - cropping[1], input.width - cropping[2] - cropping[3])
    guard height > 0, width > 0 else { throw ShapeError("crops all of \(input); crop fewer rows and columns.") }
    return Signature(outputs: [[height, width, input.channels]])
  }

  public func forward(_ pass: borrowing ForwardPass) {
    Reshaping.crop(pass.input, height: cropping[0], width: cropping[2], into: pass.output)
  }

  public func backward(_ pass: borrowing BackwardPass) {
    guard let inputGradient = pass.inputGradient else { return }
    Reshaping.pad(pass.outputGradient, height: cropping[0], width: cropping[2], into: inputGradient)
  }
}
