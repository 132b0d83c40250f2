import Datasets
import Foundation
import HDF5
import Keras
import Kernels
import Networks
import Tensors
import Testing

/// A task with a small model, data and configuration of its own, in a folder: what is done with one task is done with
/// all.
struct TaskTrial: CustomTestStringConvertible, Sendable {
  let name: String
  /// The lines of the configuration that are this task's own.
  let configuration: String
  /// A score of the outputs by Keras's name, and a part of what `evaluate` says.
  let score: String
  let said: String
  /// Columns of `convoy predict --csv` behind the file.
  let header: String
  /// How boxes are learnt.
  var encoding = BoxEncoding.xyxy

  var testDescription: String { encoding == .xyxy ? name : "\(name) of \(encoding.rawValue)" }

  static let all =
    usual
    + [BoxEncoding.yxyx, .centerXYWHSqrt].map { encoding in
      var trial = usual.first { $0.name == "localisation" }!
      trial.encoding = encoding
      return trial
    }

  private static let usual = [
    TaskTrial(
      name: "classification", configuration: "outputs: {class_output: {target: label}}", score: "accuracy",
      said: "top-1", header: "class,index,probability"),
    TaskTrial(
      name: "multi-label",
      configuration: "outputs: {tag_output: {target: tags, loss: binary_crossentropy, metrics: [accuracy]}}",
      score: "accuracy", said: "exact match", header: "class,index,probability"),
    TaskTrial(
      name: "regression",
      configuration: "outputs: {size_output: {target: size, loss: mse, metrics: [mae, r2_score]}}", score: "mae",
      said: "mean absolute error", header: "name,value"),
    TaskTrial(
      name: "counting",
      configuration: """
        outputs: {count_output: {target: size, loss: poisson, metrics: [mean_absolute_percentage_error]}}
        """,
      score: "mean_absolute_percentage_error", said: "mean absolute error", header: "name,value"),
    TaskTrial(
      name: "localisation",
      configuration: """
        outputs:
          class_output: {target: label, weight: 0.8, metrics: [accuracy]}
          box_output: {target: box, loss: mse, weight: 0.2, metrics: [box_iou]}
        """, score: "box_output_box_iou", said: "mean IoU", header: "class,index,probability,left,top,right,bottom"),
    TaskTrial(
      name: "segmentation",
      configuration: """
        outputs: {mask_output: {target: mask, loss: sparse_categorical_crossentropy, metrics: [pixel_accuracy]}}
        """, score: "pixel_accuracy", said: "mean IoU", header: "class,index,pixels,share"),
    TaskTrial(
      name: "several",
      configuration: """
        outputs:
          class_output: {target: label, metrics: [accuracy]}
          size_output: {target: size, loss: mse, metrics: [mae]}
        """, score: "size_output_mae", said: "size_output: mean absolute error",
      header: "output,class,index,probability,name,value"),
  ]

  private var outputs: [String] {
    switch name {
    case "classification": ["class_output"]
    case "multi-label": ["tag_output"]
    case "regression": ["size_output"]
    case "counting": ["count_output"]
    case "localisation": ["class_output", "box_output"]
    case "segmentation": ["mask_output"]
    default: ["class_output", "size_output"]
    }
  }

  private func graph() throws -> Graph {
    let image = Symbol.input([12, 16, 3])
    let features = Conv2D(4, kernel: 3, padding: .same, activation: .relu)(image)
    let mean = GlobalAveragePooling2D()(features)
    let symbols = outputs.map { output in
      switch output {
      case "class_output": Dense(2, activation: .softmax)(mean, name: output)
      case "tag_output": Dense(2, activation: .sigmoid)(mean, name: output)
      case "size_output": Dense(1)(mean, name: output)
      case "count_output": Dense(1, activation: .softplus)(mean, name: output)
      case "box_output": Dense(4, activation: .sigmoid)(mean, name: output)
      default: Conv2D(3, kernel: 1, activation: .softmax)(features, name: output)
      }
    }
    return try Graph(name.replacing("-", with: "_"), inputs: [image], outputs: symbols)
  }

  /// A folder with a model, a list of twelve images, their masks, and `a.yaml`.
  func prepare() throws -> ConvoyProcess {
    let convoy = try ConvoyProcess()
    let files = FileManager.default
    for folder in ["images", "masks"] {
      try files.createDirectory(atPath: convoy.path(folder), withIntermediateDirectories: true)
    }
    var lines = ["image,label,xmin,ymin,xmax,ymax,mask,size,red,wide"]
    for index in 0..<12 {
      // A bright rectangle on dark ground, in red or blue.
      let (left, top, wide) = (index % 5, index % 3, 4 + index % 4)
      let isRed = index % 2 == 0
      func isInside(_ row: Int, _ column: Int) -> Bool {
        (top..<top + 6).contains(row) && (left..<left + wide).contains(column)
      }
      let places = (0..<12).flatMap { row in (0..<16).map { (row, $0) } }
      try convoy.writePicture(
        "images/\(index).png", height: 12, width: 16, channels: 3,
        places.flatMap { isInside($0, $1) ? (isRed ? [230, 20, 20] : [20, 20, 230]) : [10, 10, 10] as [UInt8] })
      try convoy.writePicture(
        "masks/\(index).png", height: 12, width: 16, channels: 1,
        places.map { isInside($0, $1) ? (isRed ? 1 : 2) : 0 as UInt8 })
      lines.append(
        "images/\(index).png,\(isRed ? "red" : "blue"),\(left),\(top),\(left + wide),\(top + 6),masks/\(index).png,"
          + "\(Double(wide) / 8),\(isRed ? 1 : 0),\(wide > 5 ? 1 : 0)")
    }
    try convoy.write("list.csv", lines.joined(separator: "\n") + "\n")
    let graph = try graph()
    let weights = Weights(ParameterTable(graph))
    weights.initialize(seed: 3)
    try KerasModel.export(graph, weights, as: .keras, to: convoy.path("model.keras"))
    try convoy.write(
      "a.yaml",
      """
      model: model.keras
      data:
        train: list.csv
        test: list.csv
        columns:
          size: numbers
          tags: {kind: categories, from: [red, wide]}
          mask: {kind: mask, classNames: [ground, red, blue]}
          box: {kind: boxes, encoding: \(encoding.rawValue)}
      preprocessing: {scale: 1/255}
      batch: 4
      shards: 2
      epochs: 2
      threads: 1
      optimizer: {name: adam, rate: 0.01}
      \(configuration)

      """)
    return convoy
  }
}
