import Foundation
import HDF5
import Keras
import Kernels
import Networks
import Tensors
import Testing

/// Notes that go with a model from command to command: classes, preprocessing, phases, labels.
@Suite(.serialized) struct ModelNotesCommandTests {
  private static let configuration = """
    model: {input: [8, 8, 3], layers: [Conv2D: {filters: 3, kernel_size: 3}, Flatten, Dense: {units: 2, activation: \
    softmax}]}
    data: {train: images, test: images, resize: true}
    batch: 4
    shards: 2
    preprocessing: {mode: tf}
    finetune:
      phases:
        - {freeze: backbone, steps: 3, rate: 0.1}
        - {unfreeze: all, epochs: 1, rate: 0.01}

    """

  private func prepared() throws -> ConvoyProcess {
    let convoy = try ConvoyProcess()
    try convoy.write("a.yaml", ModelNotesCommandTests.configuration)
    for (name, image) in [("cats", "rgb.png"), ("dogs", "full.jpg")] {
      let folder = convoy.folder.appending(path: "images/\(name)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let source = ConvoyProcess.root.appending(path: "Tests/Fixtures/images/\(image)")
      for index in 0..<4 {
        try FileManager.default.copyItem(at: source, to: folder.appending(path: "\(index).\(source.pathExtension)"))
      }
    }
    return convoy
  }

  @Test func exportedFilesKnowTheirClassesAndPreprocessing() throws {
    let convoy = try prepared()
    defer { convoy.remove() }
    #expect(try convoy.run(["train", "a.yaml", "--output", "run"]).status == 0)
    let images = ["images/cats/0.png", "images/dogs/0.jpg", "--top", "2"]
    let expected = try convoy.run(["predict", "run/last.h5"] + images).output
    let figures = try convoy.run(["evaluate", "run/last.h5"]).output
    #expect(expected.contains("cats ") && figures.contains("\ncats "))
    for (name, into) in [
      ("m.keras", []), ("m.h5", []), ("m.weights.h5", ["--into", "m.h5"]), ("m.safetensors", ["--into", "m.h5"]),
    ] {
      let export = try convoy.run(["export", "run/last.h5", "--output", name])
      #expect(export.status == 0, "\(export.errors)")
      #expect(try convoy.run(["predict", name] + into + images).output == expected, "\(name)")
      // The configuration says nothing of preprocessing here.
      let evaluated = try convoy.run(["evaluate", name, "--data", "a.yaml", "--set", "preprocessing={}"] + into)
      #expect(evaluated.output == figures, "\(name): \(evaluated.errors)")
      let inspected = try convoy.run(["inspect", name])
      #expect(
        inspected.output.hasSuffix(
          "classes: cats, dogs\npreprocessing: {\"mode\":\"tf\"}\nnumbers: 0 to 255 (bytes)\n"), "\(inspected.output)")
    }
    let other = try convoy.run(["evaluate", "m.keras", "--data", "a.yaml", "--set", "preprocessing.mode=caffe"])
    #expect(
      other.status == 0 && other.errors.contains("'preprocessing' in a.yaml is not what m.keras was trained with"),
      "\(other.errors)")
    // Through import, too; a new head tells other classes apart.
    #expect(try convoy.run(["import", "m.keras", "--new-head", "2", "--output", "n.keras"]).status == 0)
    #expect(
      try convoy.run(["inspect", "n.keras"]).output.hasSuffix(
        "classes: without names\npreprocessing: {\"mode\":\"tf\"}\nnumbers: 0 to 255 (bytes)\n"))
  }

  @Test func foldersOfOtherClassesAreRefused() throws {
    let convoy = try prepared()
    defer { convoy.remove() }
    #expect(try convoy.run(["train", "a.yaml", "--output", "run"]).status == 0)
    try FileManager.default.moveItem(atPath: convoy.path("images/dogs"), toPath: convoy.path("images/cows"))
    let result = try convoy.run([
      "train", "a.yaml", "--output", "next", "--set", "finetune.from=run/last.h5", "--set", "model=run/last.h5",
    ])
    #expect(result.status == 2)
    #expect(
      result.complaints.count == 1 && result.complaints[0].contains("has the classes cats, cows, but "),
      "\(result.errors)")
    #expect(
      result.complaints[0].hasSuffix(
        "was trained on cats, dogs; give data with the same classes, or a new head with 'finetune.head: {}'."))
    let head = try convoy.run(
      [
        "train", "a.yaml", "--output", "next", "--set", "finetune.from=run/last.h5", "--set", "model=run/last.h5",
        "--set", "finetune.head={}",
      ])
    #expect(head.status == 0, "\(head.errors)")
  }

  @Test func phasesArePlannedAsTheyAreTrained() throws {
    let convoy = try prepared()
    defer { convoy.remove() }
    let plan = try convoy.run(["inspect", "a.yaml", "--plan"])
    #expect(plan.status == 0, "\(plan.errors)")
    let run = try convoy.run(["train", "a.yaml", "--output", "run"])
    let said = (run.output + run.errors).split(separator: "\n").filter {
      $0.hasPrefix("phase ") && $0.contains("are trained")
    }
    #expect(said.count == 2 && said[0].contains("% of the multiplications"), "\(run.output)")
    for sentence in said { #expect(plan.lines.contains(String(sentence)), "\(plan.output)") }
    #expect(plan.lines.filter { $0.hasPrefix("plan for training: 16 images at once") }.count == 2)
    #expect(plan.lines.filter { $0.hasPrefix("memory of a rank") }.count == 2)
    let json =
      try JSONSerialization.jsonObject(
        with: Data(try convoy.run(["inspect", "a.yaml", "--plan", "--json"]).output.utf8)) as? [String: Any]
    let phases = try #require(json?["phases"] as? [[String: Any]])
    #expect(phases.compactMap { $0["sentence"] as? String } == said.map(String.init))
  }

  /// Sixteen images with three labels, for a model that finds the first always and the others never.
  @Test func labelsThatExcludeNobodyAreEvaluated() throws {
    let convoy = try ConvoyProcess()
    defer { convoy.remove() }
    try convoy.write(
      "a.yaml", "model: m.h5\ndata: {train: d.h5, test: d.h5}\nbatch: 8\nshards: 4\npreprocessing: {scale: 1}\n")
    let graph = try Sequential("labels", input: [2, 2, 1]) {
      Flatten()
      Dense(3, activation: .sigmoid)
    }.graph()
    let weights = Weights(ParameterTable(graph))
    let bias = try #require(weights.table.entries.first { $0.path.hasSuffix("bias") })
    weights[bias].replace(with: [2, -1, -1])
    try KerasModel.export(graph, weights, as: .h5, to: convoy.path("m.h5"))
    func write(labels: [Int32], perSample: Int) throws {
      try File.replace(convoy.path("d.h5")) { file in
        _ = try file.root.write("images", Array(repeating: UInt8(9), count: 64), shape: [16, 2, 2, 1])
        _ = try file.root.write("labels", labels, shape: [16, perSample])
        if perSample == 3 { try file.root.attributes.set("class_names", ["sun", "sea", "snow"]) }
      }
    }
    // 12 of 16 have the first, of these 4 the second too.
    try write(labels: (0..<16).flatMap { [$0 < 12 ? 1 : 0, $0 < 4 ? 1 : 0, 0] }, perSample: 3)
    let text = try convoy.run(["evaluate", "m.h5", "--data", "a.yaml"])
    #expect(text.status == 0, "\(text.errors)")
    #expect(
      text.output.contains(
        """
        exact match 50.00 %: all labels of an image are right

        class  images  predicted  correct  precision    recall       F1
        sun        12         16       12    75.00 %  100.00 %  85.71 %
        sea         4          0        0          –    0.00 %   0.00 %
        snow        0          0        0          –         –        –
        mean       16                        37.50 %   50.00 %  42.86 %

        worst images
        """), "\(text.output)")
    let result = try convoy.run(["evaluate", "m.h5", "--data", "a.yaml", "--json", "--output", "eval"], ranks: 2)
    let json = try #require(
      try JSONSerialization.jsonObject(with: Data(result.lines.last?.utf8 ?? "".utf8)) as? [String: Any])
    #expect(
      json["exactMatch"] as? Double == 0.5 && json["confusion"] == nil
        && (json["classes"] as? [[String: Any]])?.count == 3)
    #expect(convoy.exists("eval/classes.csv") && !convoy.exists("eval/confusion.csv"))
    try write(labels: Array(repeating: 1, count: 32), perSample: 2)
    let wrong = try convoy.run(["evaluate", "m.h5", "--data", "a.yaml"])
    #expect(
      wrong.complaints.first?.contains(
        "has 2 labels for each image (multi-label), but the model 'labels' ends in (3,)") == true,
      "\(wrong.errors)")
  }

  @Test func darkImagesAreNoticedInPredictions() throws {
    let convoy = try prepared()
    defer { convoy.remove() }
    #expect(try convoy.run(["train", "a.yaml", "--output", "run", "--max-steps", "1"]).status == 0)
    try convoy.writePicture("dark.png", height: 8, width: 8, channels: 3, Array(repeating: 1, count: 192))
    let dark = try convoy.run(["predict", "run/last.h5", "dark.png"])
    #expect(dark.status == 0 && dark.lines.count == 1)
    #expect(
      dark.errors.contains("as if they were scaled already, but 'preprocessing.mode' tf is for 0 to 255"),
      "\(dark.errors)")
    #expect(try convoy.run(["predict", "run/last.h5", "images/cats/0.png"]).errors.isEmpty)
  }
}
