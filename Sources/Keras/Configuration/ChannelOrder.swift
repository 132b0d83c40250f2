import Networks
import Tensors

/// The adaptation of a layer of a model with channels first, of which some values have their channels last here.
///
/// A value is *turned* where Keras has (C, H, W) and the graph (H, W, C). Layers that compute on turned values are
/// given their axes anew; where a layer cannot, its inputs are turned back by a Permute. Kernels are the same for both
/// orders.
enum ChannelOrder {
  /// The order that a layer wants of its inputs, and that of its outputs.
  struct Adaptation {
    let inputsAreTurned: Bool
    let outputsAreTurned: Bool
    let values: [String: JSONValue]
  }

  private static let elementwise: Set<String> = [
    "Activation", "ReLU", "LeakyReLU", "ELU", "ThresholdedReLU", "Dropout", "GaussianNoise", "GaussianDropout",
    "AlphaDropout", "Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Identity",
    "ActivityRegularization",
  ]
  private static let withAxis: Set<String> = [
    "BatchNormalization", "SyncBatchNormalization", "LayerNormalization", "GroupNormalization", "UnitNormalization",
    "RMSNormalization", "Softmax", "Concatenate",
  ]

  /// Whether any layer of the model, or of the models inside it, has its channels first.
  static func isFirst(in model: ModelEntry) throws(ImportError) -> Bool {
    for entry in model.layers {
      if entry.isModel {
        if try isFirst(in: ModelEntry(entry.source, isNested: true)) { return true }
      } else if isFirst(entry) && entry.className != "Flatten" {
        return true
      }
    }
    return false
  }

  static func isFirst(_ entry: LayerEntry) -> Bool { entry.values["data_format"] == "channels_first" }

  /// - Parameters:
  ///   - inputs: shapes as they are here.
  ///   - turned: whether each of them is turned.
  static func adapt(_ entry: LayerEntry, inputs: [Shape], turned: [Bool]) throws(ImportError) -> Adaptation {
    var values = entry.values
    if isFirst(entry) {
      values["data_format"] = "channels_last"
      guard !["softmax", "log_softmax"].contains(values["activation"]?.asString ?? "") else {
        throw ImportError(
          "layer '\(entry.name)' (\(entry.className)) has its channels first and a softmax, which Keras computes along "
            + "the "
            + "width; build the model with channels last.")
      }
      // Flatten with channels first puts them last first.
      return Adaptation(inputsAreTurned: true, outputsAreTurned: entry.className != "Flatten", values: values)
    }
    let isSoftmax = ["softmax", "log_softmax"].contains(values["activation"]?.asString ?? "")
    guard turned.allSatisfy(\.self), let rank = inputs.first?.rank, !isSoftmax else {
      return Adaptation(inputsAreTurned: false, outputsAreTurned: false, values: values)
    }
    if elementwise.contains(entry.className) {
      return Adaptation(inputsAreTurned: true, outputsAreTurned: true, values: values)
    }
    guard withAxis.contains(entry.className) else {
      return Adaptation(inputsAreTurned: false, outputsAreTurned: false, values: values)
    }
    let axis = values["axis"] ?? -1
    if let one = axis.asInteger {
      values["axis"] = .integer(turn(one, rank: rank))
    } else if let list = axis.asArray {
      values["axis"] = .array(list.map { $0.asInteger.map { .integer(turn($0, rank: rank)) } ?? $0 })
    }
    return Adaptation(inputsAreTurned: true, outputsAreTurned: true, values: values)
  }

  /// An axis of a value with channels first, 0 being the batch, as the same axis with channels last.
  private static func turn(_ axis: Int, rank: Int) -> Int {
    let place = axis < 0 ? axis + rank + 1 : axis
    return switch place {
    case 0: 0
    // The last one is written as it is for all ranks.
    case 1: -1
    case 2...rank: place - 1
    default: axis
    }
  }

  /// What a Permute does to make (C, H, W) of (H, W, C), or the other way round.
  static func permutation(rank: Int, turning: Bool) -> JSONValue {
    let order = turning ? Array(2...rank) + [1] : [rank] + Array(1..<rank)
    return .object(["dims": .array(order.map { .integer($0) })])
  }
}
