import Datasets
import Foundation
import Keras
import Kernels
import Networks
import Tasks
import Tensors
import Testing

/// Training, evaluation and prediction of every task, as a person would run them.
@Suite(.serialized) struct TaskCommandTests {
  @Test func everyTaskIsTried() {
    #expect(Set(TaskTrial.all.map(\.name)) == Set(TaskRegistry.names + ["several"]))
  }

  @Test(arguments: TaskTrial.all) func trainsEvaluatesAndPredicts(_ trial: TaskTrial) throws {
    let convoy = try trial.prepare()
    defer { convoy.remove() }
    let run = try convoy.run(["train", "a.yaml", "--output", "run"])
    try #require(run.status == 0, "\(run.errors)")
    #expect(try convoy.read("run/history.jsonl").contains(#""\#(trial.score)""#))

    // The last line of the training is that of the evaluation, on any ranks.
    let one = try convoy.run(["evaluate", "run/last.h5", "--output", "one"])
    #expect(one.status == 0, "\(one.errors)")
    #expect(run.lines.contains(one.lines[0]), "\(run.output)\n\(one.output)")
    #expect(one.output.contains(trial.said), "\(one.output)")
    #expect(one.output.contains("worst images\n"))
    let three = try convoy.run(["evaluate", "run/last.h5", "--output", "three"], ranks: 3)
    #expect(three.output == one.output, "\(three.errors)")
    let files = try FileManager.default.contentsOfDirectory(atPath: convoy.path("one")).sorted()
    #expect(files.contains("evaluation.json") && files.contains("worst.csv") && files.count > 2)
    for file in files where file.contains(".") && !file.hasPrefix(".") {
      #expect(try convoy.read("one/\(file)") == convoy.read("three/\(file)"), "\(file)")
    }
    let worst = try convoy.read("one/worst.csv").split(separator: "\n")
    #expect(worst.count == 13 && worst.dropFirst().allSatisfy { $0.contains("images/") }, "all twelve have names")

    try predicts(trial, convoy, "run/last.h5")
    // What Keras gets knows as much of its outputs.
    let export = try convoy.run(["export", "run/last.h5", "--output", "model-2.keras"])
    #expect(export.status == 0, "\(export.errors)")
    try predicts(trial, convoy, "model-2.keras")
  }

  private func predicts(_ trial: TaskTrial, _ convoy: ConvoyProcess, _ model: String) throws {
    let text = try convoy.run(["predict", model, "images"])
    #expect(text.status == 0 && text.lines.count == 12, "\(text.errors)")
    if trial.header != "name,value" {
      #expect(["red", "blue", "ground", "wide"].contains { text.output.contains(" \($0) ") }, "\(text.output)")
    }
    let json = try convoy.run(["predict", model, "images/1.png", "--json", "--top", "2"])
    let line = try #require(
      try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any], "\(json.errors)")
    #expect(line["file"] as? String == "images/1.png")
    #expect((line["predictions"] as? [[String: Any]])?.isEmpty == false)
    let csv = try convoy.run(["predict", model, "images", "--csv"])
    #expect(csv.lines.first == "file,\(trial.header)", "\(csv.output)\(csv.errors)")
    #expect(csv.lines.dropFirst().allSatisfy { $0.hasPrefix("images/") && $0.count { $0 == "," } >= 2 })

    let folder = "overlays-\(model.replacing("/", with: "-"))"
    let drawn = try convoy.run(["predict", model, "images", "--overlays", folder])
    #expect(drawn.status == 0, "\(drawn.errors)")
    for index in 0..<12 {
      let picture = try Picture(file: convoy.path("\(folder)/\(index).png"))
      #expect(picture.width >= 16 && picture.height >= 12)
      #expect(picture.bytes != (try Picture(file: convoy.path("images/\(index).png"))).bytes)
    }
    let again = try convoy.run(["predict", model, "images", "--overlays", folder])
    #expect(again.status == 2 && again.complaints.first?.contains("--overwrite") == true, "\(again.errors)")
    let masks = try convoy.run(["predict", model, "images", "--masks", "m-\(folder)"])
    guard trial.name == "segmentation" else {
      #expect(masks.status == 2 && masks.complaints.first?.contains("gives no class of every pixel") == true)
      return
    }
    #expect(masks.status == 0, "\(masks.errors)")
    let mask = try ImageFileSource(files: [convoy.path("m-\(folder)/0.png")])
    #expect(mask.shape == [12, 16, 1])
  }

  /// A model that takes an image and a number is measured and used with a list.
  @Test func severalInputs() throws {
    let convoy = try TaskTrial.all[0].prepare()
    defer { convoy.remove() }
    let (image, size) = (Symbol.input([12, 16, 3], name: "image"), Symbol.input([1], name: "size"))
    let features = GlobalAveragePooling2D()(Conv2D(4, kernel: 3, activation: .relu)(image))
    let both = Concatenate()(features, size)
    let graph = try Graph(
      "two", inputs: [image, size], outputs: [Dense(2, activation: .softmax)(both, name: "class_output")])
    let weights = Weights(ParameterTable(graph))
    weights.initialize(seed: 3)
    try KerasModel.export(graph, weights, as: .keras, to: convoy.path("two.keras"))
    let run = try convoy.run(["train", "a.yaml", "--output", "run", "--set", "model=two.keras"])
    try #require(run.status == 0, "\(run.errors)")
    let one = try convoy.run(["evaluate", "run/last.h5"])
    #expect(one.status == 0 && run.lines.contains(one.lines.first ?? ""), "\(one.errors)")
    #expect(try convoy.run(["evaluate", "run/last.h5"], ranks: 2).output == one.output)
    let list = try convoy.run(["predict", "run/last.h5", "list.csv", "--overlays", "seen"])
    #expect(list.status == 0 && list.lines.count == 12, "\(list.errors)")
    #expect(list.lines.allSatisfy { $0.contains("images/") && ($0.contains(": red ") || $0.contains(": blue ")) })
    #expect(convoy.exists("seen/11.png") || convoy.exists("seen/images/11.png"))
    // What is to be found out need not be known.
    let rows = try convoy.read("list.csv").split(separator: "\n").map { $0.split(separator: ",") }
    try convoy.write("new.csv", rows.map { "\($0[0]),\($0[7])\n" }.joined())
    let new = try convoy.run(["predict", "run/last.h5", "new.csv"])
    #expect(new.output == list.output, "\(new.errors)")
    let images = try convoy.run(["predict", "run/last.h5", "images"])
    #expect(images.status == 3 && images.complaints.first?.contains("give a list, CSV or HDF5") == true)
  }

  /// Pictures of two images would have one name.
  @Test func picturesOfOneName() throws {
    let convoy = try TaskTrial.all[0].prepare()
    defer { convoy.remove() }
    try FileManager.default.createDirectory(atPath: convoy.path("other"), withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: convoy.path("images/0.png"), toPath: convoy.path("other/0.png"))
    let result = try convoy.run([
      "predict", "model.keras", "images/0.png", "other/0.png", "--preprocessing", "{scale: 1/255}", "--overlays", "o",
    ])
    let onFile = try convoy.run([
      "predict", "model.keras", "images/0.png", "--preprocessing", "{scale: 1/255}", "--overlays", "a.yaml",
    ])
    #expect(onFile.status == 3 && onFile.complaints.first?.contains("another one with --overlays") == true)
    #expect(result.status == 2)
    #expect(
      result.complaints.first?.contains("the pictures of images/0.png and other/0.png would both be 0.png") == true,
      "\(result.errors)")
  }

  @Test func tasksThatDoNotSuit() throws {
    let convoy = try TaskTrial.all[2].prepare()
    defer { convoy.remove() }
    let predict = ["predict", "model.keras", "images/0.png", "--preprocessing", "{scale: 1/255}"]
    let unknown = try convoy.run(predict + ["--task", "regresion"])
    #expect(unknown.status == 2 && unknown.complaints.first?.contains("did you mean 'regression'?") == true)
    let wrong = try convoy.run(predict + ["--task", "segmentation"])
    #expect(wrong.status == 3 && wrong.complaints.first?.contains("which no task puts together") == true)
  }
}
