import Kernels
import Tensors

extension LayerConfiguration {
  /// The window of a pooling layer.
  func poolingWindow(axes: Int) throws(ImportError) -> PoolingWindow {
    let size = try integers("pool_size", count: axes, default: 2)
    let strides = value("strides") == .null ? size : try integers("strides", count: axes)
    let padding = try padding()
    try expect("data_format", among: ["channels_last"])
    let numbers = size + strides
    guard numbers.allSatisfy({ (1...1 << 16).contains($0) }), size.reduce(1, *) <= 1 << 16 else {
      throw ImportError(
        "layer '\(layerName)' (\(className)): pool_size \(size) and strides \(strides) must be at least 1, and a "
          + "window "
          + "at most 65,536 cells.")
    }
    return PoolingWindow(size: size, strides: strides, padding: padding)
  }
}

extension PoolingWindow {
  func kerasConfiguration(axes: Int) -> [String: JSONValue] {
    [
      "pool_size": JSONValue(PoolingWindow.last(axes, of: size)),
      "strides": JSONValue(PoolingWindow.last(axes, of: strides)), "padding": .string(padding.rawValue),
      "data_format": "channels_last",
    ]
  }

  /// The shape of the output for one image.
  func output(of input: Shape) throws(ShapeError) -> Shape {
    let output = outputShape(for: input)
    guard output.count > 0 else {
      let cells = PoolingWindow.last(input.rank - 1, of: size).map(String.init).joined(separator: "x")
      throw ShapeError("has a window of \(cells) that does not fit \(input); use a smaller pool_size.")
    }
    return output
  }

  private static func last(_ axes: Int, of numbers: SIMD3<Int>) -> [Int] {
    [numbers.x, numbers.y, numbers.z].suffix(axes)
  }
}
