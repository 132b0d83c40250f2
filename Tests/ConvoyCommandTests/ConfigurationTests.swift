import ConvoyCommand
import Foundation
import Testing
import Training

/// Faults of a configuration, and their places.
@Suite struct ConfigurationTests {
  /// The message without the folder.
  private func message(_ text: String, _ overrides: [String] = []) throws -> String {
    let error = #expect(throws: ConfigurationError.self) { try configuration(text, overrides) }
    return try #require(error?.description).replacing(/^.*\/a\.yaml/, with: "a.yaml")
  }

  /// Without a model the file to fine-tune is the model, wherever it was named.
  @Test func aFileToFinetuneIsTheModel() throws {
    let text = "data: {train: x}\nfinetune: {from: ../b.h5, phases: [{freeze: backbone, epochs: 2}]}\n"
    let folder = FileManager.default.temporaryDirectory.resolvingSymlinksInPath().path
    #expect(try configuration(text).recipe.model == .file("\(folder)/b.h5"))
    let other = try configuration(text, ["finetune.from=c.keras"]).recipe
    #expect(other.model == .file("/current/c.keras") && other.finetune?.from == "/current/c.keras")
    #expect(try message("data: {train: x}\nfinetune: {phases: [{epochs: 2}]}\n").contains("'model'"))
    #expect(try message("epochs: 3\n" + text).contains("'epochs' is 3, but the phases of 'finetune' have 2"))
  }

  @Test(arguments: [
    (
      "optimizer: {momentun: 0.9}\n",
      "a.yaml:1: 'optimizer.momentun' is not a key; did you mean 'optimizer.momentum'?"
    ),
    (
      "epoch: 3\n",
      "a.yaml:1: 'epoch' is not a key; did you mean 'epochs'?"
    ),
    ("batch: many\n", "a.yaml:1: 'batch' is 'many', but must be a whole number."),
    ("batch: 1.5\n", "a.yaml:1: 'batch' is 1.5, but must be a whole number."),
    ("batch: 99999999999999999999\n", "a.yaml:1: 'batch' is 1e+20, but must be a whole number."),
    ("batch: 0\n", "a.yaml:1: 'batch' is 0, but must be 1 to 1073741824."),
    (
      "batch: 100\nshards: 8\n",
      "a.yaml:1: 'batch' is 100, which is not divisible by 'shards' (8); use 96 or 104, or other shards."
    ),
    ("epochs: -1\n", "a.yaml:1: 'epochs' is -1, but must be 1 to 1000000."),
    (
      "optimizer: sdg\n",
      "a.yaml:1: 'optimizer' is 'sdg', but must be one of sgd, adam, adamw, rmsprop, lars, lamb or keys with values; "
        + "did you mean 'sgd'?"
    ),
    (
      "optimizer:\n  name: adm\n",
      "a.yaml:2: 'optimizer.name' is 'adm', but must be one of sgd, adam, adamw, rmsprop, lars, lamb; did you mean "
        + "'adam'?"
    ),
    ("optimizer: {rate: fast}\n", "a.yaml:1: 'optimizer.rate' is 'fast', but must be a number."),
    ("optimizer: {rate: -0.1}\n", "a.yaml:1: 'optimizer.rate' is -0.1, but must be a finite number of at least 0.0."),
    ("optimizer: {rate: .nan}\n", "a.yaml:1: 'optimizer.rate' is nan, but must be a finite number of at least 0.0."),
    ("optimizer: {momentum: 1}\n", "a.yaml:1: 'optimizer.momentum' is 1.0, but must be at least 0.0 and below 1."),
    (
      "optimizer: {nesterov: true}\n",
      "a.yaml:1: 'optimizer.nesterov' is true without momentum; give 'optimizer.momentum', such as 0.9."
    ),
    ("optimizer: {nesterov: 1}\n", "a.yaml:1: 'optimizer.nesterov' is 1, but must be true or false."),
    (
      "optimizer: {name: adam, momentum: 0.9}\n",
      "a.yaml:1: 'optimizer.momentum' means nothing to adam; remove it or choose another optimizer."
    ),
    (
      "schedule: cosin\n",
      "a.yaml:1: 'schedule' is 'cosin', but must be one of constant, cosine, step, polynomial, oneCycle or keys with "
        + "values; did you mean 'cosine'?"
    ),
    (
      "schedule: {name: cosine, warmup: soon}\n",
      "a.yaml:1: 'schedule.warmup' is 'soon': a length is written as a number of steps, such as 500, or as '2 epochs'."
    ),
    (
      "schedule: {name: cosine, warmup: 11 epochs}\n",
      "a.yaml:1: 'schedule.warmup' is 11 epochs, longer than the whole training ('epochs': 10); shorten it."
    ),
    (
      "schedule: {name: cosine, factor: 0.5}\n",
      "a.yaml:1: 'schedule.factor' means nothing to cosine; remove it or use the schedule 'step'."
    ),
    (
      "normalization: batch\n",
      "a.yaml:1: 'normalization' is 'batch', but must be one of shard, global."
    ),
    ("threads: all\n", "a.yaml:1: 'threads' is 'all': threads is 'auto' or a number."),
    ("threads: 0\n", "a.yaml:1: 'threads' is 0, but must be 1 to 4096."),
    ("checkpoint: {every: 0}\n", "a.yaml:1: 'checkpoint.every' is 0, but must be at least 1 step."),
    (
      "checkpoint: {keep: {best: 1}}\n",
      "a.yaml:1: 'checkpoint.keep.best' needs an accuracy to compare; give 'data.validation' or keep 0 of the best."
    ),
    (
      "views: 4\n",
      "a.yaml:1: 'views' is given without 'augmentation' or 'transforms', so that all of them would be the same; "
        + "remove it."
    ),
    (
      "featureCache: memory\naugmentation: [{padCrop: 2}]\n",
      "a.yaml:1: 'featureCache' is memory, but the augmentation makes another image in every epoch; give 'views', such "
        + "as 8, or remove one of them."
    ),
    ("average: 1\n", "a.yaml:1: 'average.decay' is 1.0, but must be at least 0.0 and below 1."),
    (
      "earlyStopping: 3\n",
      "a.yaml:1: 'earlyStopping' needs data to stop by that is not the test data; give 'data.validation', or "
        + "'data.split: {validation: 15%}'."
    ),
    ("labelSmoothing: 1\n", "a.yaml:1: 'labelSmoothing' is 1.0, but must be at least 0.0 and below 1."),
    (
      "classWeights: skewed\n",
      "a.yaml:1: 'classWeights' is 'skewed': class weights are 'equal', 'balanced', or a number for each class: {cats: "
        + "2, dogs: 0.5}."
    ),
    ("classWeights: {3: -1}\n", "a.yaml:1: 'classWeights.3' is -1.0, but must be a finite number of at least 0.0."),
    (
      "augmentation: {padCrop: 2}\n",
      "a.yaml:1: 'augmentation' is {padCrop}, but must be a list, such as [{padCrop: 4}, {flip: horizontal}]."
    ),
    (
      "augmentation:\n  - padCrop: 2\n  - flip: up\n",
      "a.yaml:3: 'augmentation.1.flip' is 'up', but must be horizontal."
    ),
    ("augmentation: [{padCropp: 2}]\n", "a.yaml:1: 'augmentation.0' is {padCropp}: one of padCrop, flip is expected."),
    (
      "preprocessing: {standardize: mnst}\n",
      "a.yaml:1: 'preprocessing.standardize' is 'mnst': no standardization is called mnst; give cifar10, imagenet, "
        + "mnist or {mean: [...], deviation: [...]}."
    ),
    (
      "preprocessing: {scale: 1/0}\n",
      "a.yaml:1: 'preprocessing.scale' is '1/0': a number or a quotient such as 1/255 is expected, not 1/0."
    ),
  ])
  func badValues(_ text: String, _ expected: String) throws {
    #expect(try message(text + minimalConfiguration) == expected)
  }

  @Test(arguments: [
    ("data: {train: x}\n", "a.yaml:1: 'model' is missing; add it."),
    (
      "modle: lenet5\ndata: {train: x}\n",
      "a.yaml:1: 'model' is missing, and 'modle' is not a key; did you mean 'model'?"
    ),
    ("model: lenet5\n", "a.yaml:1: 'data' is missing; add it."),
    (
      "model: lenet5\ndata:\n  trian: x\n",
      "a.yaml:3: 'data.train' is missing, and 'data.trian' is not a key; did you mean 'data.train'?"
    ),
    (
      "model: lenet5\ndata: x\n",
      "a.yaml:2: 'data' is 'x', but must be keys with values, such as {train: PATH, test: PATH}."
    ),
    (
      "data: {train: x, split: {test: a}}\nmodel: a\n",
      "a.yaml:1: 'data.split.test' is 'a': a share is written '15%' or 0.15."
    ),
    ("model: 5\ndata: {train: x}\n", "a.yaml:1: 'model' is 5, but must be text or keys with values."),
    (
      "model: {input: [4], layers: [{A: 1, B: 2}]}\ndata: {train: x}\n",
      "a.yaml:1: 'model.layers.0' is {A, B}: a layer is written 'Flatten' or 'Dense: {units: 10}'."
    ),
    (
      "model: {input: [4], layers: [{Dense: 5}]}\ndata: {train: x}\n",
      "a.yaml:1: 'model.layers.0' is {Dense}: a layer is written 'Flatten' or 'Dense: {units: 10}'."
    ),
    ("- 1\n", "a.yaml:1: the configuration is [1], but must be keys with values."),
  ])
  func missingAndMisplaced(_ text: String, _ expected: String) throws {
    #expect(try message(text) == expected)
  }

  @Test func overridesAreCheckedLikeTheFile() throws {
    #expect(
      try message(minimalConfiguration, ["optimizer.rte=1"]).hasPrefix(
        "--set optimizer.rte=1: 'optimizer.rte' is not a key; did you mean 'optimizer.rate'?"))
    #expect(
      try message(minimalConfiguration, ["shards=8", "batch=12"])
        == "--set batch=12: 'batch' is 12, which is not divisible by 'shards' (8); use 8 or 16, or other shards.")
  }

  @Test func missingFile() throws {
    let error = #expect(throws: ConfigurationError.self) {
      try Configuration(path: "no/such.yaml", currentFolder: "/current")
    }
    #expect(error?.description == "no/such.yaml: there is no such file; give the path of a YAML file.")
  }
}
