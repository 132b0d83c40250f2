import Datasets
import Foundation
import HDF5
import Networks
import TestSupport
import Testing
import Training

/// Targets that an output cannot learn are refused before the first step, in one sentence.
@Suite(.serialized) struct TargetTests {
  /// The scores of an output of a small network on sixteen images of 8x8 pixels, and a column of each kind.
  private func train(
    _ layers: [String: [String: JSONValue]], _ target: String, _ loss: FunctionChoice?, _ metrics: [FunctionChoice]?
  ) throws -> [String: Double] {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/data.h5"
    try File.replace(path) { file in
      func write(_ name: String, _ shape: [Int], _ value: (Int) -> Float) throws {
        _ = try file.root.write(name, (0..<16 * shape.reduce(1, *)).map(value), shape: [16] + shape)
      }
      try write("images", [8, 8, 1]) { Float($0 % 7) / 7 }
      _ = try file.root.write("kinds", (0..<16).map { Int64($0 % 4) })
      _ = try file.root.write("tags", (0..<48).map { Int64($0 % 2) }, shape: [16, 3])
      try write("age", [1]) { 0.5 + Float($0) }
      try write("change", [2]) { Float($0) - 3 }
      try write("places", [4]) { [0.1, 0.2, 0.5, 0.6][$0 % 4] }
      _ = try file.root.write("ground", (0..<1024).map { UInt8($0 % 3) }, shape: [16, 8, 8])
      _ = try file.root.write("holes", (0..<1024).map { $0 % 9 == 0 ? UInt8(255) : UInt8($0 % 3) }, shape: [16, 8, 8])
    }
    var run = TrainingRun()
    let names = ["Conv2D", "Flatten", "Dense"].filter { layers[$0] != nil }
    run.recipe = Recipe(
      model: .layers(names.map { .init(className: $0, values: layers[$0]!) }, input: [8, 8, 1]),
      data: DataChoice(train: path))
    (run.recipe.batch, run.recipe.shards, run.recipe.epochs) = (8, 2, 1)
    var places = ColumnChoice(.boxes)
    places.format = .relativeXYXY
    var (ground, holes) = (ColumnChoice(.mask), ColumnChoice(.mask))
    var (centers, roots) = (places, places)
    (centers.from, centers.encoding, roots.from, roots.encoding) = (
      ["places"], .centerXYWH, ["places"], .centerXYWHSqrt
    )
    (ground.classes, holes.classes, holes.void) = (3, 3, 255)
    run.recipe.data.columns = [
      "kinds": ColumnChoice(.category), "tags": ColumnChoice(.categories), "age": ColumnChoice(.numbers),
      "change": ColumnChoice(.numbers),
      "places": places, "centers": centers, "roots": roots, "ground": ground, "holes": holes,
    ]
    var output = OutputChoice()
    output.target = target
    (output.loss, output.metrics) = (loss, metrics)
    run.recipe.outputs = ["last": output]
    let runs = try TemporaryFolder()
    let trained = try run.train(in: runs, steps: 2)[0].state.history[0].training.values
    return Dictionary(uniqueKeysWithValues: trained.map { ($0.name, $0.value) })
  }

  private func error(
    _ layers: [String: [String: JSONValue]], _ target: String, _ loss: FunctionChoice?,
    _ metrics: [FunctionChoice]? = nil
  ) throws -> String? {
    do {
      _ = try train(layers, target, loss, metrics)
      return nil
    } catch let error as TrainingError {
      return error.description
    }
  }

  private static func dense(_ units: Int, _ activation: String = "linear") -> [String: [String: JSONValue]] {
    [
      "Flatten": [:],
      "Dense": ["units": .integer(units), "activation": .string(activation), "name": "last"],
    ]
  }

  private static func map(_ classes: Int, _ activation: String = "softmax") -> [String: [String: JSONValue]] {
    [
      "Conv2D": [
        "filters": .integer(classes), "kernel_size": 1, "activation": .string(activation), "name": "last",
      ]
    ]
  }

  @Test(
    arguments: [
      (dense(4, "softmax"), "kinds", nil, nil), (dense(3, "sigmoid"), "tags", nil, nil), (dense(1), "age", nil, nil),
      (dense(4, "sigmoid"), "places", nil, nil), (map(3), "ground", nil, nil), (map(3), "holes", nil, nil),
      (dense(4, "sigmoid"), "places", "giou", nil), (dense(4, "sigmoid"), "centers", "giou", nil),
      (dense(4, "sigmoid"), "roots", nil, nil), (dense(4, "sigmoid"), "roots", "huber", nil),
      (
        dense(4, "sigmoid"), "roots", "ciou",
        "gives the box 'roots' as center_xywh_sqrt, but ciou reads it as center_xywh; choose "
          + "'data.columns.roots.encoding: center_xywh', or another loss, such as mse."
      ),
      (dense(2, "softmax"), "kinds", nil, "tells 2 classes apart, 0 to 1, but 'kinds' of sample 2 of"),
      (
        dense(1, "sigmoid"), "kinds", "binary_crossentropy", "tells 2 classes apart, 0 to 1, but 'kinds' of sample 2 of"
      ),
      (
        dense(4, "softmax"), "age", "sparse_categorical_crossentropy",
        "which is of the kind numbers, but it takes category or mask; choose another loss, or another target."
      ),
      (
        dense(4, "softmax"), "places", "categorical_crossentropy",
        "which is of the kind boxes, but it takes categories or numbers or image;"
      ),
      (
        dense(4, "softmax"), "places", "sparse_categorical_crossentropy",
        "takes a target of shape (1,), but 'places' of"
      ),
      (dense(3), "age", nil, "takes a target of shape (3,), but 'age' of"),
      (dense(2, "sigmoid"), "tags", nil, "takes a target of shape (2,), but 'tags' of"),
      (map(2), "ground", nil, "tells 2 classes apart, but 'ground' of"),
      (
        // What is void is ignored by itself.
        map(3), "holes", "sparse_categorical_crossentropy", nil
      ),
      (map(1, "sigmoid"), "ground", nil, "tells 2 classes apart, but 'ground' of"),
      (dense(1, "softplus"), "age", "poisson", nil), (dense(2), "change", nil, nil),
      (dense(2, "softplus"), "change", "poisson", "which is for counts, but 'change' of sample 0 of"),
      (dense(4, "softmax"), "kind", nil, "has no column 'kind'; did you mean 'kinds'?"),
    ] as [([String: [String: JSONValue]], String, String?, String?)])
  func aTargetSuitsItsOutput(
    _ layers: [String: [String: JSONValue]], _ target: String, _ loss: String?, _ sentence: String?
  ) throws {
    let found = try error(layers, target, loss.map { FunctionChoice($0) })
    guard let sentence else {
      #expect(found == nil)
      return
    }
    #expect(found?.contains(sentence) == true, "\(found ?? "no error")")
  }

  /// Settings of the form of boxes must agree with the column.
  /// A loss that has no form for logits is not trained on them in silence.
  @Test(
    arguments: try LossRegistry.names.filter {
      type(of: try LossRegistry.loss(.string($0))).isOfProbabilities
    })
  func probabilitiesAreNoLogits(_ loss: String) throws {
    let isOfNumbers = try LossRegistry.loss(.string(loss)) is any ClassNumberLoss
    let (units, target) = isOfNumbers ? (4, "kinds") : (3, "tags")
    for activation in ["softmax", "sigmoid"] {
      #expect(try error(Self.dense(units, activation), target, FunctionChoice(loss)) == nil)
    }
    #expect(
      try error(Self.dense(units), target, FunctionChoice(loss))
        == "'outputs.last.loss': \(loss) takes probabilities, but the output 'last' ends in no softmax or sigmoid; add "
        + "the activation, or choose another loss.")
  }

  @Test func boxesAreReadAsTheyAreGiven() throws {
    let box = Self.dense(4, "sigmoid")
    let centers: [String: JSONValue] = ["bounding_box_format": "center_xywh"]
    for loss in ["iou", "giou", "diou", "ciou"] {
      #expect(try error(box, "centers", FunctionChoice(loss, centers)) == nil)
      let found = try error(box, "places", FunctionChoice(loss, centers))
      #expect(found?.contains("as xyxy, but \(loss) reads it as center_xywh;") == true, "\(found ?? "no error")")
    }
    let roots: [String: JSONValue] = ["bounding_box_format": "center_xywh", "sqrt": true]
    #expect(try error(box, "roots", nil, [FunctionChoice("iou", roots)]) == nil)
    let found = try error(box, "centers", nil, [FunctionChoice("iou", roots)])
    #expect(found?.contains("but BoxIoU reads it as center_xywh with square roots;") == true, "\(found ?? "no error")")
    // Unless said, each way gives the same score of first boxes that are the same.
    let score = try train(box, "roots", nil, [FunctionChoice("iou")])["iou"]
    #expect(score == (try train(box, "roots", nil, [FunctionChoice("BoxIoU", roots)])["box_iou"]))
    #expect(score == (try train(box, "roots", nil, nil)["iou"]))
  }

  /// Metrics that a person names leave out the pixels that the data says are of no class, as those of the task do.
  @Test func metricsFollowWhatIsVoid() throws {
    let standard = try train(Self.map(3), "holes", nil, nil)
    let names = ["pixel_accuracy", "mean_iou"]
    #expect(standard.keys.sorted() == names.sorted())
    #expect(try train(Self.map(3), "holes", nil, names.map { FunctionChoice($0) }) == standard)
    for name in ["MeanIoU", "IoU", "PixelAccuracy"] {
      let targets: [String: JSONValue] = name == "IoU" ? ["target_class_ids": [0, 2]] : [:]
      func score(_ arguments: [String: JSONValue]) throws -> [String: Double] {
        let all = targets.merging(arguments) { $1 }
        return try train(Self.map(3), "holes", nil, [FunctionChoice(name, all)])
      }
      #expect(try score([:]) == score(["ignore_class": 255]), "\(name)")
      #expect(try score([:]) != score(["ignore_class": 1]), "\(name)")
    }
  }
}
