import Datasets
import Foundation
import HDF5
import Keras
import Kernels
import Networks
import Tasks
import Tensors
import TestSupport
import Testing
import Training

/// New heads on the weights of a file.
@Suite(.serialized) struct HeadTests {
  private func recipe(_ model: ModelChoice, from: String? = nil, head: HeadChoice? = HeadChoice()) -> Recipe {
    var recipe = TrainingRun().recipe
    recipe.model = model
    var phase = PhaseChoice()
    (phase.freeze, phase.steps, phase.rate) = (["backbone"], 3, 0.02)
    recipe.finetune = FinetuneChoice(phases: [phase])
    (recipe.finetune!.from, recipe.finetune!.head) = (from, head)
    return recipe
  }

  private func write(_ graph: Graph, _ path: String, seed: UInt64 = 4, as format: ExportFormat = .h5) throws -> Weights
  {
    let weights = Weights(ParameterTable(graph))
    weights.initialize(seed: seed)
    try KerasModel.export(graph, weights, as: format, to: path)
    return weights
  }

  @Test(
    arguments: [
      ("lenet5", [28, 28, 1], "average_pooling2d_1"), ("resnet8", [28, 28, 1], "re_lu_6"),
      ("squeezenet", [64, 64, 3], "fire9_concat"),
      ("vgg16", [32, 32, 3], "max_pooling2d_4"), ("mobilenet_v2", [64, 64, 3], nil), ("densenet121", [64, 64, 3], nil),
    ] as [(String, [Int], String?)])
  func featuresAreFound(_ name: String, _ input: [Int], _ layer: String?) throws {
    let graph = try Models.make(name, input: Shape(input), classes: 10)
    let features = try #require(graph.features)
    #expect(layer == nil || graph.nodes[features.node].name == layer, "\(graph.nodes[features.node].name)")
    #expect(graph.shape(features).rank == 3)
    let cut = try graph.ending(at: features)
    #expect(cut.features == cut.outputs[0], "what is cut off is not found again")
  }

  @Test func aHeadIsBuiltAndTheBackboneKeepsItsWeights() throws {
    let folder = try TemporaryFolder()
    for (format, name) in [(ExportFormat.h5, "model.h5"), (.keras, "model.keras")] {
      let path = "\(folder.path)/\(name)"
      let old = try write(try Models.make("resnet8", input: [28, 28, 1], classes: 7), path, as: format)
      var head = HeadChoice()
      (head.dense, head.dropout) = ([12], 0.25)
      let model = try recipe(.file(path), from: path, head: head).makeModel(input: [28, 28, 1], classes: 10)
      let weights = Weights(ParameterTable(model.graph))
      try model.initialize(weights, seed: 1)
      let names = model.graph.nodes.suffix(4).map(\.name)
      #expect(
        names == ["head_pool", "head_dense", "head_dropout", "predictions"] && model.graph.outputShapes == [[10]])
      let backbone = weights.table.entries.filter { !["head_dense", "predictions"].contains($0.layer) }
      for entry in backbone {
        #expect(weights[entry].values == old[old.table.entries.first { $0.path == entry.path }!].values)
      }
      #expect(backbone.count == old.table.entries.count - 2)
    }
  }

  /// A network by name takes the weights of a file that has none of its own architecture.
  @Test func weightsAloneBelongToANamedNetwork() throws {
    let folder = try TemporaryFolder()
    let graph = try Models.make("resnet8", input: [28, 28, 1], classes: 7)
    for (format, name) in [
      (ExportFormat.layerWeights, "w.h5"), (.weights, "w.weights.h5"), (.safetensors, "w.safetensors"),
    ] {
      let path = "\(folder.path)/\(name)"
      let old = try write(graph, path, as: format)
      let model = try recipe(.named("resnet8"), from: path).makeModel(input: [28, 28, 1], classes: 10)
      let weights = Weights(ParameterTable(model.graph))
      try model.initialize(weights, seed: 1)
      let (first, own) = (old.table.entries[0], weights.table.entries[0])
      #expect(first.path == own.path && old[first].values == weights[own].values)
      #expect(throws: TrainingError.self) {
        try recipe(.file(path), from: path).makeModel(input: [28, 28, 1], classes: 10)
      }
    }
  }

  /// Where no head is replaced, everything begins as the file has it, whatever is frozen.
  @Test(arguments: [ExportFormat.h5, .weights]) func aHeadThatIsKeptBeginsAsTheFile(_ format: ExportFormat) throws {
    let folder = try TemporaryFolder()
    let path = folder.path + (format == .h5 ? "/model.h5" : "/model.weights.h5")
    let old = try write(try Models.make("resnet8", input: [28, 28, 1], classes: 10), path, as: format)
    for frozen in ["backbone", "conv2d", "stage 3"] {
      var run = TrainingRun()
      run.recipe = recipe(format == .h5 ? .file(path) : .named("resnet8"), from: path, head: nil)
      run.recipe.finetune!.phases[0].freeze = [frozen]
      let start = Box<[String: [Float]]>()
      let runFolder = try TemporaryFolder()
      _ = try run.train(
        in: runFolder, steps: 1,
        began: { trainer in
          let weights = trainer.weights
          start.value = Dictionary(uniqueKeysWithValues: weights.table.entries.map { ($0.path, weights[$0].values) })
        })
      #expect(
        start.value == Dictionary(uniqueKeysWithValues: old.table.entries.map { ($0.path, old[$0].values) }),
        "\(frozen)")
    }
  }

  /// A backbone that is a model inside the model, as Keras's guides build it.
  @Test func nestedBackbonesAreKeptWhole() throws {
    let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/keras/frozen_nested").path()
    let file = try #require(
      try FileManager.default.contentsOfDirectory(atPath: path).sorted().first { $0.hasSuffix("k3.h5") })
    let graph = try KerasModel(reading: "\(path)/\(file)").graph
    let features = try #require(graph.features)
    let cut = try graph.replacing(after: features, with: [(Flatten(), "f"), (Dense(3), "predictions")])
    let folder = try TemporaryFolder()
    _ = try write(cut, folder.path + "/cut.h5")
    #expect(try KerasModel(reading: folder.path + "/cut.h5").graph.difference(from: cut) == nil)
  }

  @Test func aHeadIsTrainedAndResumed() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/model.h5"
    _ = try write(try Models.make("resnet8", input: [28, 28, 1], classes: 7), path)
    var run = TrainingRun()
    var head = HeadChoice()
    head.dropout = 0.5
    run.recipe = recipe(.file(path), from: path, head: head)
    var second = PhaseChoice()
    (second.unfreeze, second.steps, second.rate) = (["last 4"], 3, 0.01)
    run.recipe.finetune!.phases.append(second)
    let whole = try run.digest(steps: 6)
    run.ranks = 2
    let runFolder = try TemporaryFolder()
    _ = try run.train(in: runFolder, steps: 4)
    run.ranks = 3
    #expect(try run.train(in: runFolder, steps: 6, resume: true)[0].weightsDigest == whole)
    // The checkpoint is a model to start from, with its head or another.
    let checkpoint = runFolder.path + "/last.h5"
    let again = try recipe(.file(checkpoint), from: nil, head: nil).makeModel(input: [28, 28, 1], classes: 10)
    #expect(again.graph.frozenLayers.contains("conv2d") && !again.graph.frozenLayers.contains("predictions"))
    let other = try recipe(.file(checkpoint)).makeModel(input: [28, 28, 1], classes: 3)
    #expect(other.graph.outputShapes == [[3]])
  }

  @Test func preprocessingFollowsTheBackbone() throws {
    let folder = try TemporaryFolder()
    func mode(_ graph: Graph) throws -> Preprocessing.Mode? {
      let path = "\(folder.path)/\(graph.name).h5"
      _ = try write(graph, path)
      return try recipe(.file(path), from: path).settled().preprocessing.mode
    }
    func network(_ name: String, _ first: [any Layer] = [], convolution: String? = "conv1_conv") throws -> Graph {
      var x = Symbol.input([16, 16, 3])
      let input = x
      for layer in first { x = layer(x) }
      x = GlobalAveragePooling2D()(Conv2D(4, kernel: 3)(x, name: convolution))
      return try Graph(name, inputs: [input], outputs: [Dense(5, activation: .softmax)(x)])
    }
    let expected: [(String, Preprocessing.Mode?)] = [
      ("vgg19", .caffe), ("resnet50", .caffe), ("resnet50v2", .tf), ("mobilenetv2_1.00_224", .tf),
      ("densenet121", .torch),
      ("squeezenet", .caffe), ("MobilenetV3small", Preprocessing.Mode.none), ("resnet20", nil), ("mine", nil),
    ]
    for (name, wanted) in expected { #expect(try mode(network(name)) == wanted, "\(name)") }
    // Convoy's own, in which names are counted, and those that Keras does not have.
    for name in ["vgg19", "resnet50", "resnet18", "efficientnet_b0", "mobilenet_v2"] {
      #expect(try mode(network(name, convolution: nil)) == .torch, "\(name)")
    }
    let own = try network("vgg16", [Rescaling(1 / 127.5, offset: -1)])
    #expect(try mode(own) == Preprocessing.Mode.none)
    var twice = recipe(.file(folder.path + "/vgg16.h5"))
    twice.preprocessing.mode = .tf
    #expect { try twice.settled() } throws: { "\($0)".contains("which would be done twice") }
    // A checkpoint says how its images were prepared.
    let weights = try write(try network("vgg"), folder.path + "/vgg.h5")
    var trained = recipe(.named("vgg"))
    trained.preprocessing = Preprocessing(scale: 0.5)
    try Checkpoint.write(
      to: folder.path + "/last.h5", graph: try network("vgg"), weights: weights, slots: [], state: TrainingState(),
      recipe: trained)
    #expect(try recipe(.file(folder.path + "/last.h5")).settled().preprocessing == Preprocessing(scale: 0.5))
  }

  @Test func whatDoesNotFitIsRefused() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/model.h5"
    _ = try write(try Models.make("resnet8", input: [28, 28, 1], classes: 7), path)
    func problem(_ recipe: Recipe, classes: Int = 10) throws -> String {
      try #require(
        #expect(throws: TrainingError.self) {
          let model = try recipe.makeModel(input: [28, 28, 1], classes: classes)
          try model.initialize(Weights(ParameterTable(model.graph)), seed: 1)
        }
      ).description
    }
    #expect(
      try problem(recipe(.file(path), head: nil))
        == "the head of 'resnet8' gives (7,), but \(TrainingRun.digits):/train has 10 classes; give it a new one with "
        + "'finetune.head: {}'."
    )
    #expect(try problem(recipe(.file(path)), classes: 1).contains("has one class only"))
    var head = HeadChoice()
    head.classes = 5
    #expect(try problem(recipe(.file(path), head: head)).contains("'finetune.head.classes' is 5, but"))
    var named = recipe(.file(path))
    named.finetune!.features = "add_9"
    #expect(try problem(named).contains("there is no layer 'add_9' in 'resnet8'; did you mean 'add"))
    #expect(try problem(recipe(.named("resnet14"), from: path)).contains("model.h5: "))
    head = HeadChoice()
    head.outputs = .sigmoid
    #expect(try problem(recipe(.file(path), head: head)).contains("tells two classes apart"))
  }

  /// Data that was scaled before, and data whose blue and red are exchanged.
  @Test func inputsThatLookWrongAreNoticed() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/vgg16.h5"
    let input = Symbol.input([8, 8, 3])
    let x = GlobalAveragePooling2D()(Conv2D(4, kernel: 3)(input, name: "block1_conv1"))
    let graph = try Graph("vgg16", inputs: [input], outputs: [Dense(2)(x)])
    _ = try write(graph, path)
    func notices(_ name: String, _ value: (_ sample: Int, _ channel: Int) -> Float) throws -> [String] {
      let data = "\(folder.path)/\(name).h5"
      try File.replace(data) { file in
        _ = try file.root.write("images", (0..<16 * 192).map { value($0 / 192, $0 % 3) }, shape: [16, 8, 8, 3])
        _ = try file.root.write("labels", (0..<16).map { Int32($0 % 2) }, shape: [16])
      }
      var run = TrainingRun()
      run.recipe = recipe(.file(path))
      run.recipe.data = DataChoice(train: data)
      (run.recipe.batch, run.recipe.shards, run.recipe.augmentation) = (8, 2, [])
      let heard = Listener()
      let runFolder = try TemporaryFolder()
      _ = try run.train(in: runFolder, steps: 1, callbacks: { _ in [heard] })
      return heard.sentences.value ?? []
    }
    let fine = try notices("fine") { sample, channel in Float(100 + sample - 10 * channel) }
    #expect(fine.contains { $0.contains("'preprocessing.mode' is caffe") } && !fine.contains { $0.contains("as if") })
    #expect(fine.contains { $0.hasPrefix("phase 1 of 1, steps 1 to 3: 1 of 2 layers with weights are trained") })
    #expect(
      try notices("scaled") { sample, _ in Float(sample) / 16 }.contains {
        $0.hasSuffix("the model takes 0 to 255: they are multiplied by 255.")
      })
    #expect(
      try notices("turned") { sample, channel in Float(40 * channel + sample) }.contains {
        $0.contains("in the order BGR")
      })
  }

  private struct Listener: Callback {
    let sentences = Box<[String]>()
    func handle(_ event: TrainingEvent, _ report: borrowing TrainingReport) -> Directive {
      if case .noticed(let sentence) = event { sentences.value = (sentences.value ?? []) + [sentence] }
      return .goOn
    }
  }
}
