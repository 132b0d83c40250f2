import Kernels
import Tensors

extension LayerConfiguration {
  /// The window of a pooling layer over height and width.
  func poolingWindow() throws(ImportError) -> PoolingWindow {
    let size = try integers("pool_size", count: 2, default: 2)
    let strides = value("strides") == .null ? size : try integers("strides", count: 2)
    let padding: Padding = try choice("padding", default: .valid)
    try expect("data_format", among: ["channels_last"])
    guard (size + strides).allSatisfy({ $0 > 0 }) else {
      throw ImportError("layer '\(layerName)' (\(className)): pool_size \(size) and strides \(strides) must be at least 1.")
    }
    return PoolingWindow(size: size, strides: strides, padding: padding)
  }
}

extension PoolingWindow {
  var kerasConfiguration: [String: JSONValue] {
    [
      "pool_size": JSONValue([size.y, size.z]), "strides": JSONValue([strides.y, strides.z]),
      "padding": .string(padding.rawValue), "data_format": "channels_last",
    ]
  }

  /// The shape of the output for one image.
  func output(of inputs: [Shape]) throws(ShapeError) -> Shape {
    let input = try inputs.one(rank: 3)
    let output = outputShape(for: input)
    guard output.count > 0 else {
      throw ShapeError("has a window of \(size.y)x\(size.z) that does not fit \(input); use a smaller pool_size.")
    }
    return output
  }
}
