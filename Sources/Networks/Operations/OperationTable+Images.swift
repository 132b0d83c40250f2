import Kernels
import Tensors

extension OperationTable {
  /// Operations that move the pixels or channels of images, or norm them.
  static let imageOperations = [
    "flip", "swapaxes", "moveaxis", "normalize", "resize", "depth_to_space", "space_to_depth",
  ]

  /// Nil for other operations.
  static func imageRule(_ name: String, _ arguments: OperationArguments) throws(ImportError) -> Rule? {
    switch name {
    case "flip":
      try arguments.expectOnly("axis")
      guard let axes = try arguments.axes() else { throw arguments.error("turns the batch round; name the axes") }
      return { inputs throws(ShapeError) in
        let input = try inputs.one()
        let turned = try input.positions(ofAxes: axes)
        let items = input.dimensions.indices.map {
          Selection.Item.range(start: nil, stop: nil, step: turned.contains($0) ? -1 : 1)
        }
        return Selection([.range(start: nil, stop: nil, step: 1)] + items)
      }
    case "swapaxes":
      try arguments.expectOnly("axis1", "axis2")
      let axes = [try arguments.integer("axis1"), try arguments.integer("axis2")]
      return { inputs throws(ShapeError) in
        let input = try inputs.one()
        var order = Array(1...max(1, input.rank))
        let (first, second) = (try input.positions(ofAxes: [axes[0]])[0], try input.positions(ofAxes: [axes[1]])[0])
        order.swapAt(first, second)
        return Permute(order)
      }
    case "moveaxis":
      try arguments.expectOnly("source", "destination")
      let axes = [try arguments.integer("source"), try arguments.integer("destination")]
      return { inputs throws(ShapeError) in
        let input = try inputs.one()
        var order = Array(1...max(1, input.rank))
        let (from, to) = (try input.positions(ofAxes: [axes[0]])[0], try input.positions(ofAxes: [axes[1]])[0])
        order.insert(order.remove(at: from), at: to)
        return Permute(order)
      }
    case "normalize":
      try arguments.expectOnly("axis", "order", "epsilon")
      guard let axes = try arguments.axes(), try arguments.number("order", 2) == 2 else {
        throw arguments.error("has no axes, or another order than 2; name the axes, and use the Euclidean norm")
      }
      let floor = try arguments.number("epsilon", 1e-7)
      return { _ in UnitNormalization(axes: axes, floor: floor) }
    case "resize":
      let layer = try resizing(arguments)
      return { _ in layer }
    case "depth_to_space", "space_to_depth":
      try arguments.expectOnly("block_size", "data_format")
      try arguments.expectChannelsLast()
      let block = try arguments.integer("block_size")
      guard (1..<1 << 15).contains(block) else { throw arguments.error("has blocks of \(block) pixels, but they must be 1 to 32767") }
      let layer = BlockRearrangement(block: block, direction: name == "depth_to_space" ? .toSpace : .toDepth)
      return { _ in layer }
    default: return nil
    }
  }

  private static func resizing(_ arguments: OperationArguments) throws(ImportError) -> any Layer {
    let keys = ["interpolation", "antialias", "crop_to_aspect_ratio", "pad_to_aspect_ratio", "fill_mode", "fill_value"]
    try arguments.expectOnly(keys + ["size", "data_format"])
    try arguments.expectChannelsLast()
    let size = try arguments.integers("size")
    guard size.count == 2 else { throw arguments.error("has the size \(size), but it must be height and width") }
    var values = arguments.values.filter { keys.contains($0.key) }
    (values["height"], values["width"]) = (.integer(size[0]), .integer(size[1]))
    return try LayerRegistry.layer("Resizing", values)
  }
}
