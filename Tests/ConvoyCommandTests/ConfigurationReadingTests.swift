import ConvoyCommand
import Datasets
import Foundation
import Networks
import Testing
import Training

/// The meaning of a configuration.
@Suite struct ConfigurationReadingTests {
  @Test func minimumTakesDefaults() throws {
    let recipe = try configuration(minimalConfiguration).recipe
    #expect(recipe.model == .named("lenet5"))
    #expect((recipe.batch, recipe.shards, recipe.epochs, recipe.seed) == (128, 8, 10, 0))
    #expect(recipe.optimizer == OptimizerChoice())
    #expect(recipe.data.test == nil)
    #expect(recipe.threads == .automatic)
  }

  /// Keras's schedules are written by their names and arguments, and come back from what a run writes.
  @Test(arguments: [
    "CosineDecay: {decay_steps: 100, warmup_target: 0.1, warmup_steps: 2 epochs}",
    "CosineDecayRestarts: {first_decay_steps: 5 epochs}", "ExponentialDecay: {decay_steps: 10, decay_rate: 0.5}",
    "InverseTimeDecay: {decay_steps: 10, decay_rate: 0.5, staircase: true}",
    "PiecewiseConstantDecay: {boundaries: [5, 2 epochs], values: [3, 2, 1]}", "PolynomialDecay: {decay_steps: 10}",
    "ReduceLROnPlateau: {}", "ReduceLROnPlateau: {monitor: loss, patience: 3}",
  ]) func schedulesOfKeras(text: String) throws {
    let data = "\nmodel: lenet5\ndata: {train: /a, validation: /b}\n"
    let recipe = try configuration("schedule: {\(text)}" + data).recipe
    #expect(recipe.schedule.keras?.className == String(text.prefix { $0 != ":" }))
    #expect(try configuration(Configuration.yaml(recipe)).recipe == recipe)
    #expect(throws: ConfigurationError.self) { try configuration("schedule: {name: cosine, \(text)}" + data) }
  }

  @Test func everyKey() throws {
    let recipe = try configuration(
      """
      model:
        input: [8, 8, 1]
        layers:
          - Conv2D: {filters: 4, kernel_size: [3, 3], activation: relu}
          - Flatten
          - Dense: {units: 10}
      data: {train: /a, test: /b, resize: true}
      batch: 32
      shards: 2
      epochs: 3
      optimizer: {name: adam, rate: 1.0e-3, weightDecay: 0.1, beta1: 0.8, beta2: 0.9, epsilon: 1.0e-6}
      schedule: {name: step, warmup: 10, every: 2 epochs, factor: 0.5}
      loss: crossEntropy
      preprocessing: {scale: 1/255, standardize: {mean: [0.5], deviation: [0.25]}}
      augmentation: [{padCrop: 1}, {flip: horizontal}]
      normalization: global
      convolution: lowered
      checkpoint: {every: 100, keep: {last: 2, best: 1}}
      seed: 7
      threads: 2
      reducer: blocking
      """
    ).recipe
    guard case .layers(let layers, input: [8, 8, 1]) = recipe.model else {
      Issue.record("the model is \(recipe.model)")
      return
    }
    #expect(layers.map(\.className) == ["Conv2D", "Flatten", "Dense"])
    #expect(layers[0].values["kernel_size"] == [3, 3])
    #expect(recipe.data.resize)
    #expect(recipe.optimizer.beta1 == 0.8)
    #expect(recipe.schedule.warmup == .steps(10))
    #expect(recipe.schedule.every == .epochs(2))
    #expect(recipe.preprocessing.scale == 1 / 255.0)
    #expect(recipe.augmentation == [.padCrop(1), .flip(.horizontal)])
    #expect(recipe.normalization == .global)
    #expect(recipe.checkpoint.keep.best == 1)
    #expect(recipe.threads == .fixed(2))
    #expect(recipe.reducer == .blocking)
  }

  @Test func pathsAreRelativeToTheirWriter() throws {
    let file = FileManager.default.temporaryDirectory.resolvingSymlinksInPath().path
    let text = "model: ../m.h5\ndata: {train: ../d.h5:/train, test: 'synthetic:64'}\n"
    let plain = try configuration(text).recipe
    #expect(plain.data.train == "\(file)/d.h5:/train")
    #expect(plain.data.test == "synthetic:64")
    #expect(plain.model == .file("\(file)/m.h5"))
    let split = try configuration("model: a\ndata: {train: x, validation: ../y, split: {test: 12.5%}}\n").recipe.data
    #expect(split.validation == "\(file)/y" && split.split == SplitChoice(test: Share(0.125)))
    let overridden = try configuration(text, ["data.test=x/../t:/test", "model=n.keras"]).recipe
    #expect(overridden.data.train == "\(file)/d.h5:/train")
    #expect(overridden.data.test == "/current/t:/test")
    #expect(overridden.model == .file("/current/n.keras"))
  }

  @Test func overridesReachDefaultsAndNullTakesThem() throws {
    let overrides = ["optimizer.rate=0.2", "batch=64", "epochs=", "data.test="]
    let recipe = try configuration("epochs: 3\n" + minimalConfiguration, overrides).recipe
    #expect(recipe.optimizer.rate == 0.2)
    #expect(recipe.batch == 64)
    #expect(recipe.epochs == 10)
    #expect(recipe.data.test == nil)
  }

  @Test(arguments: [("auto", FeatureCacheChoice.automatic), ("memory", .memory), ("file", .file), ("never", .never)])
  func whereFeaturesAreKept(_ text: String, _ choice: FeatureCacheChoice) throws {
    let recipe = try configuration("featureCache: \(text)\n" + minimalConfiguration).recipe
    #expect(recipe.featureCache == choice)
    #expect(try configuration(Configuration.yaml(recipe)).recipe.featureCache == choice)
  }

  @Test func yamlMeansTheSame() throws {
    let recipe = try configuration(
      "augmentation: [{padCrop: 2}]\npreprocessing: {scale: 1/255, standardize: mnist}\ncheckpoint: {every: 50}\n"
        + "optimizer: {name: rmsprop, rate: 0.1, epsilon: 1.0e-7}\nmodel: {input: [4], layers: [Flatten, Dense: "
        + "{units: 3}]}\n"
        + "data: {train: x}\n"
    ).recipe
    let yaml = try Configuration.yaml(recipe)
    #expect(try configuration(yaml, currentFolder: "/elsewhere").recipe == recipe)
    #expect(yaml.contains("  rate: 0.1\n") && yaml.contains("  epsilon: 1e-07\n") && yaml.contains("  input: [4]\n"))
  }

  @Test func shippedFinetuning() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let recipe = try Configuration(path: "configs/solar-cells-squeezenet.yaml", currentFolder: root.path).recipe
    #expect(recipe.epochs == 12 && recipe.finetune?.phases.map(\.epochs) == [4, 4, 4])
    #expect(recipe.finetune?.from?.hasPrefix("\(root.path)/data/solar-cells/") == true)
    let again = try configuration(try Configuration.yaml(recipe), currentFolder: "/elsewhere").recipe
    #expect(again == recipe)
  }

  @Test func shippedSegmentation() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let recipe = try Configuration(path: "configs/camvid-unet.yaml", currentFolder: root.path).recipe
    #expect(recipe.data.columns["mask"]?.void == 11 && recipe.data.columns["mask"]?.classNames?.count == 11)
    #expect(recipe.batch == 4 && recipe.transforms.count == 1)
    let again = try configuration(try Configuration.yaml(recipe), currentFolder: "/elsewhere").recipe
    #expect(again == recipe)
  }

  @Test(arguments: ["digits-lenet5", "cifar10-resnet20", "cifar10-small"])
  func shippedConfigurations(_ name: String) throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let recipe = try Configuration(path: "configs/\(name).yaml", currentFolder: root.path).recipe
    #expect(recipe.data.train.hasPrefix("\(root.path)/data/"))
    #expect(recipe.data.test?.hasPrefix("\(root.path)/data/") == true)
    #expect(recipe.batch / recipe.shards == 16)
    #expect(recipe.optimizer.nesterov)
    #expect(recipe.augmentation.contains(name == "digits-lenet5" ? .padCrop(2) : .padCrop(4)))
  }
}
