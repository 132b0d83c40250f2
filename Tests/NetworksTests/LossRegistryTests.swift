import Networks
import Tensors
import TestSupport
import Testing

@Suite struct LossRegistryTests {
  /// Class, function, and Keras's objects of either name the same loss.
  @Test(arguments: LossRegistry.names) func everyFormNamesTheSameLoss(name: String) throws {
    let loss = try LossRegistry.loss(.string(name))
    let wanted = LossRegistry.kerasConfiguration(of: loss)
    let className = type(of: loss).kerasName
    let forms: [JSONValue] = [
      .string(className), .object([name: [:]]), .object([className: .null]),
      .object(["class_name": .string(className), "config": .object(["name": "mine", "reduction": "auto"])]),
      .object([
        "module": "keras.losses", "class_name": .string(className), "registered_name": .null,
        "config": ["name": .string(name), "reduction": "sum_over_batch_size", "dtype": "float32"],
      ]),
      .object([
        "module": "builtins", "class_name": "function", "config": .string(name), "registered_name": "function",
      ]),
      .object(["class_name": .string(className), "config": ["fn": .string(name), "reduction": "mean"]]),
    ]
    for form in forms {
      let read = try LossRegistry.loss(form)
      #expect(LossRegistry.kerasConfiguration(of: read) == wanted, "\(form)")
    }
  }

  @Test(arguments: [
    ("mse", "MeanSquaredError"), ("MSE", "MeanSquaredError"), ("mae", "MeanAbsoluteError"),
    ("MAE", "MeanAbsoluteError"), ("mape", "MeanAbsolutePercentageError"), ("MAPE", "MeanAbsolutePercentageError"),
    ("msle", "MeanSquaredLogarithmicError"), ("MSLE", "MeanSquaredLogarithmicError"), ("kld", "KLDivergence"),
    ("KLD", "KLDivergence"), ("kullback_leibler_divergence", "KLDivergence"), ("logcosh", "LogCosh"),
    ("cosine_proximity", "CosineSimilarity"), ("huber_loss", "Huber"), ("keras_cv.losses>CIoULoss", "CIoULoss"),
  ])
  func aliases(name: String, className: String) throws {
    let loss = try LossRegistry.loss(.string(name))
    #expect(type(of: loss).kerasName == className)
  }

  /// By a sentence of one line that says what to do.
  @Test(arguments: [
    ("mean_squred_error", "did you mean 'mean_squared_error'?"), ("L1Loss", "did you mean 'mean_absolute_error'?"),
    ("SmoothL1Loss", "did you mean 'huber'?"), ("mean_absolut_error", "did you mean 'mean_absolute_error'?"),
    ("ctc", "keras-support.md"),
  ])
  func unknownNames(name: String, hint: String) {
    #expect(throws: ImportError.self) { try LossRegistry.loss(.string(name)) }
    expectRefusal(.string(name), saying: hint)
  }

  @Test(
    arguments: [
      (["huber": ["delat": 2]], "did you mean 'delta'?"), (["huber": ["delta": -1]], "must not be negative"),
      (["huber": ["delta": "wide"]], "must be a number"), (["mse": ["reduction": "none"]], "every position"),
      (["mse": ["reduction": .null]], "every position"), (["mse": ["reduction": "mean_with_sample_weight"]], "weights"),
      (["mse": ["reduction": "max"]], "'sum_over_batch_size' or 'sum'"), (["mse": ["dtype": "int8"]], "dtype"),
      (["dice": ["denominator": "shard"]], "'image' or 'batch'"), (["mse": ["denominator": "batch"]], "denominator"),
      (["sparse_categorical_crossentropy": ["denominator": "batch", "reduction": "sum"]], "nothing is divided"),
      (["iou": ["bounding_box_format": "xywh"]], "'xyxy' or 'center_xywh'"),
      (["categorical_crossentropy": ["axis": 0]], "the batch"),
      (["categorical_crossentropy": ["label_smoothing": 2]], "label_smoothing"),
      (["categorical_focal_crossentropy": ["alpha": "large"]], "alpha"), ([:], "give a name"), (7, "give a name"),
      (["class_name": "Huber", "config": 3], "config"), (["hinge": 3], "give a name"),
    ] as [(JSONValue, String)])
  func wrongArguments(description: JSONValue, hint: String) { expectRefusal(description, saying: hint) }

  private func expectRefusal(_ description: JSONValue, saying hint: String) {
    do {
      _ = try LossRegistry.loss(description)
      Issue.record("\(description) was taken")
    } catch {
      #expect(error.description.contains(hint) && !error.description.contains("\n"), "\(error)")
      #expect(!error.description.contains("layer "), "\(error)")
    }
  }

  /// What a loss cannot take is said before anything is planned.
  @Test(arguments: LossRegistry.names) func shapesAreChecked(name: String) throws {
    let loss = try LossRegistry.loss(.string(name))
    let isBoxes = name.hasSuffix("iou")
    let shape: Shape = isBoxes ? [3, 4] : [4, 3, 6]
    let target = try loss.targetShape(for: [shape])
    #expect(target == (loss is any ClassNumberLoss ? [4, 3, 1] : shape))
    #expect(try loss.signature(of: [shape, target]).outputs == [[1]])
    #expect(throws: ShapeError.self) { try loss.signature(of: [shape]) }
    #expect(throws: ShapeError.self) { try loss.signature(of: [shape, [4, 3, 5]]) }
    if isBoxes { #expect(throws: ShapeError.self) { try loss.targetShape(for: [[3, 5]]) } }
  }

  @Test(
    arguments: [
      ["dice": ["axis": 0]], ["dice": ["axis": 5]], ["dice": ["axis": [1, 2], "denominator": "batch"]],
      ["binary_crossentropy": ["axis": 4]], ["tversky": ["axis": [1, 1]]],
      ["categorical_crossentropy": ["axis": 4]], ["cosine_similarity": ["axis": -4]],
      ["binary_focal_crossentropy": ["axis": 9]], ["categorical_focal_crossentropy": ["alpha": [0.1, 0.2]]],
      ["categorical_focal_crossentropy": ["alpha": [0.1, 0.2, 0.3], "axis": 2]],
    ] as [JSONValue])
  func axesAreChecked(description: JSONValue) throws {
    let loss = try LossRegistry.loss(description)
    #expect(throws: ShapeError.self) { try loss.signature(of: [[4, 3, 6], [4, 3, 6]]) }
  }

  /// Class numbers are compared with the last axis alone, however that is counted.
  @Test(arguments: [-1, 3, 1, 2, -2, 4]) func axisOfClassNumbers(axis: Int) throws {
    let loss = try LossRegistry.loss(["sparse_categorical_crossentropy": ["axis": .integer(axis)]])
    let shapes: [Shape] = [[4, 3, 6], [4, 3, 1]]
    if axis == -1 || axis == 3 {
      _ = try loss.signature(of: shapes)
    } else {
      #expect(throws: ShapeError.self) { try loss.signature(of: shapes) }
    }
  }
}
