public import Networks
public import Tensors

/// Every loss that can be named, with arguments, shapes and what its inputs are drawn from: so that a new one is tested
/// like all others.
public enum LossSamples {
  public struct Sample: Sendable, CustomStringConvertible {
    public let name: String
    public let arguments: [String: JSONValue]
    public let shape: Shape
    public let predictions: LayerContract.Values
    public let target: LayerContract.Values
    public let live: Int

    public var description: String { "\(name) \(arguments.keys.sorted()) of \(shape), \(live) live" }

    public var targetShape: Shape {
      get throws { try loss.targetShape(for: [shape]) }
    }

    public var loss: any LossLayer {
      get throws(ImportError) { try LossRegistry.loss(.object([name: .object(arguments)])) }
    }
  }

  /// Predictions, targets and arguments of a loss beside none.
  private typealias Kind = (
    predictions: LayerContract.Values, target: LayerContract.Values, arguments: [[String: JSONValue]]
  )

  private static let kinds: [String: [Kind]] = [
    "binary_crossentropy": [
      (.shares, .binary, [[:], ["label_smoothing": 0.1]]),
      (.smooth, .shares, [["from_logits": true], ["from_logits": true, "label_smoothing": 0.2]]),
    ],
    "binary_focal_crossentropy": [
      (
        .shares, .binary,
        [[:], ["apply_class_balancing": true, "alpha": 0.3], ["gamma": 1.5, "label_smoothing": 0.2]]
      ),
      (
        .smooth, .binary,
        [
          ["from_logits": true], ["from_logits": true, "gamma": 0.5, "apply_class_balancing": true],
          ["from_logits": true, "gamma": 0],
        ]
      ),
    ],
    "categorical_crossentropy": [
      (.distribution, .oneHot, [[:], ["label_smoothing": 0.1]]), (.shares, .distribution, [[:], ["axis": 1]]),
      (.smooth, .oneHot, [["from_logits": true], ["from_logits": true, "label_smoothing": 0.1, "axis": 1]]),
    ],
    "categorical_focal_crossentropy": [
      (.distribution, .oneHot, [[:], ["alpha": 0.5, "gamma": 3], ["label_smoothing": 0.1, "axis": 1, "gamma": 0.5]]),
      (.smooth, .oneHot, [["from_logits": true], ["from_logits": true, "gamma": 1.5, "label_smoothing": 0.1]]),
    ],
    "categorical_generalized_cross_entropy": [
      (.distribution, .classNumbers(below: 4), [[:], ["q": 0.7, "ignore_class": 2]])
    ],
    "categorical_hinge": [(.shares, .oneHot, [[:]])],
    "cosine_similarity": [(.smooth, .smooth, [[:], ["axis": 1]])],
    "dice": [
      (
        .shares, .binary,
        [
          [:], ["axis": -1], ["axis": [0, 1]], ["denominator": "batch"],
          ["axis": [0, -1], "denominator": "batch"],
        ]
      )
    ],
    "hinge": [(.shares, .binary, [[:]]), (.shares, .signs, [[:]])],
    "sparse_categorical_crossentropy": [
      (
        .shares, .classNumbers(below: 4),
        [[:], ["label_smoothing": 0.1, "ignore_class": 2], ["ignore_class": 1, "denominator": "batch"]]
      ),
      (
        .smooth, .classNumbers(below: 4),
        [["from_logits": true], ["from_logits": true, "ignore_class": 0, "denominator": "batch"]]
      ),
    ],
    "squared_hinge": [(.separated, .binary, [[:]]), (.separated, .signs, [[:]])],
    "huber": [(.smooth, .smooth, [["delta": 3], ["delta": 0.25]])],
    "kl_divergence": [(.distribution, .distribution, [[:]]), (.shares, .shares, [[:]])],
    "log_cosh": [(.smooth, .smooth, [[:]])],
    "mean_absolute_error": [(.separated, .counts, [[:]])],
    "mean_absolute_percentage_error": [(.separated, .counts, [[:]])],
    "mean_squared_error": [(.smooth, .smooth, [[:]])],
    "mean_squared_logarithmic_error": [(.counts, .counts, [[:]])],
    "poisson": [(.counts, .counts, [[:]])],
    "tversky": [(.shares, .binary, [[:], ["alpha": 0.3, "beta": 0.7], ["alpha": 0.2, "beta": 0.4, "axis": [1]]])],
    "iou": boxes, "giou": boxes, "diou": boxes, "ciou": boxes,
  ]

  private static let boxes: [Kind] = [
    (.boxes, .boxes, [[:]]), (.centredBoxes, .centredBoxes, [["bounding_box_format": "center_xywh"]]),
  ]

  /// Names that have no sample.
  public static let missing = LossRegistry.names.filter { kinds[$0] == nil }

  /// Vectors, images and volumes, with partly filled shards, by mean and by sum.
  public static let all: [Sample] = kinds.keys.sorted().flatMap { name in
    kinds[name]!.flatMap { kind in
      kind.arguments.flatMap { arguments in
        let isBoxes = ["iou", "giou", "diou", "ciou"].contains(name)
        let shapes: [Shape] = isBoxes ? [[4], [3, 4], [2, 3, 4]] : [[5], [4, 3, 6], [2, 3, 2, 4]]
        return shapes.enumerated().map { index, shape in
          let hasSum = index == 1 && arguments["denominator"] == nil
          let reduction: [String: JSONValue] = hasSum ? ["reduction": "sum"] : [:]
          return Sample(
            name: name, arguments: arguments.merging(reduction) { $1 }, shape: shape, predictions: kind.predictions,
            target: kind.target, live: [5, 16, 19][index])
        }
      }
    }
  }
}
