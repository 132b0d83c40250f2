import Tensors

/// How the numbers of the positions of an image become its loss. The loss of a batch is the mean over its images.
public enum LossReduction: String, Sendable {
  /// Their mean: then the loss of a batch is Keras's, a mean over all positions of all images.
  case mean = "sum_over_batch_size"
  /// Their sum: then the loss of a batch is Keras's sum, divided by the images of the batch.
  case sum

  /// The divisor of the sum over the positions.
  func divisor(positions: Int) -> Double { self == .mean ? Double(positions) : 1 }

  /// A loss's configuration with its reduction.
  func describing(_ values: [String: JSONValue]) -> [String: JSONValue] {
    values.merging(["reduction": .string(rawValue)]) { value, _ in value }
  }
}

extension LayerConfiguration {
  /// Keras's `reduction`, where it gives one number for each image; and what losses have in common besides.
  func lossReduction() throws(ImportError) -> LossReduction {
    let value = value("reduction")
    switch value {
    case "sum_over_batch_size", "mean", "auto": return .mean
    case "sum": return .sum
    case .null where values["reduction"] == nil: return .mean
    case .null, "none":
      throw ImportError(
        "\(place): reduction 'none' leaves a number for every position, but training needs one for each image; use "
          + "'sum_over_batch_size' or 'sum'.")
    case "mean_with_sample_weight":
      throw ImportError(
        "\(place): reduction 'mean_with_sample_weight' divides by the weights of the whole batch, which is not "
          + "supported; use 'sum_over_batch_size'.")
    default:
      throw ImportError(
        "\(place): reduction is \(value.brief), but must be 'sum_over_batch_size' or 'sum'.")
    }
  }

  /// The axis of the classes, as Keras counts it: -1 is the last one.
  func classAxis() throws(ImportError) -> Int {
    let axis = try integer("axis", default: -1)
    guard axis != 0 else {
      throw ImportError("\(place): axis 0 is the batch; name an axis of the image, from 1 on, or -1 for the last one.")
    }
    return axis
  }
}

extension Shape {
  /// Which axis an axis of Keras's is, counted from the last one, which is 0.
  func axisFromEnd(_ axis: Int) throws(ShapeError) -> Int { rank - 1 - (try positions(ofAxes: [axis])[0]) }
}
