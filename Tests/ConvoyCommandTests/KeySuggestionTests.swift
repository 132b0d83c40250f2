import ConvoyCommand
import Foundation
import Tensors
import Testing
import Training

/// Suggestions to people who type names of Keras, PyTorch or their kin.
@Suite struct KeySuggestionTests {
  private static let base = """
    model: {input: [8, 8, 1], layers: [Flatten, Dense: {units: 10, activation: softmax}]}
    data: {train: d.h5}

    """

  private func problem(_ override: String, _ text: String = base) throws -> String {
    let error = #expect(throws: ConfigurationError.self, "\(override)") { try configuration(text, [override]) }
    return try #require(error?.description)
  }

  @Test(arguments: [
    "lr": "optimizer.rate", "learning_rate": "optimizer.rate", "optimizer.lr": "optimizer.rate",
    "optimizer.learning_rate": "optimizer.rate", "optimizer.learningRate": "optimizer.rate", "rate": "optimizer.rate",
    "batch_size": "batch", "data.batch_size": "batch", "batchSize": "batch", "momentum": "optimizer.momentum",
    "momentun": "optimizer.momentum", "nesterov": "optimizer.nesterov", "weight_decay": "optimizer.weightDecay",
    "optimizer.weight_decay": "optimizer.weightDecay", "optimizer.beta_1": "optimizer.beta1",
    "optimizer.betas": "optimizer.beta1", "optimizer.eps": "optimizer.epsilon", "clipnorm": "optimizer.clipNorm",
    "optimizer.epochs": "epochs", "model.epochs": "epochs", "data.epochs": "epochs", "num_epochs": "epochs",
    "n_epochs": "epochs", "epoch": "epochs", "num_workers": "threads", "data.num_workers": "threads",
    "random_seed": "seed", "label_smoothing": "labelSmoothing", "class_weight": "classWeights",
    "early_stopping": "earlyStopping", "scheduler": "schedule", "lr_scheduler": "schedule",
    "warmup_epochs": "schedule.warmup", "warmup": "schedule.warmup", "optimizer.schedule": "schedule",
    "schedule.gamma": "schedule.factor", "schedule.step_size": "schedule.every", "schedule.min_lr": "schedule.end",
    "train": "data.train", "train_dir": "data.train", "data.val": "data.validation", "test": "data.test",
    "validation_split": "data.split.validation", "resize": "data.resize", "transform": "augmentation",
    "data.augmentation": "augmentation", "preprocess": "preprocessing", "mean": "preprocessing.standardize",
    "criterion": "loss", "pretrained": "finetune.from", "layers": "model.layers", "input_shape": "model.input",
    "ema_decay": "average.decay", "save_freq": "checkpoint.every", "save_best_only": "checkpoint.keep.best",
    "every": "checkpoint.every", "optimiser": "optimizer", "restore_best_weights": "earlyStopping.restoreBest",
  ])
  func theRightKeyIsOfferedWhereverItLies(typed: String, meant: String) throws {
    let problem = try problem("\(typed)=1")
    #expect(problem.contains("'\(typed)' is not a key; did you mean '\(meant)'"), "\(problem)")
  }

  @Test(arguments: [
    "callbacks": "'earlyStopping'", "dropout": "'Dropout: {rate: 0.5}'",
    "num_classes": "the data says how many classes", "image_size": "model: {input:", "shuffle": "always shuffled",
    "device": "mpirun -n", "mixed_precision": "32-bit", "output_dir": "--output DIR", "resume": "--resume",
    "optimizer.decay": "'optimizer.weightDecay'", "steps_per_epoch": "every sample once",
    "activation": "'model.layers'",
  ])
  func whereThereIsNoSuchKeyASentenceSaysWhatToDo(typed: String, advice: String) throws {
    let problem = try problem("\(typed)=1")
    #expect(problem.contains("'\(typed)' is not a key; ") && problem.contains(advice), "\(problem)")
    #expect(!problem.contains("did you mean"), "\(problem)")
  }

  /// Words that are like no key are not taken for one.
  @Test(arguments: ["foo", "xyzzy", "optimizer.foo", "data.qq", "schedule.zz", "t", "rl"])
  func nonsenseIsNotOffered(typed: String) throws {
    let problem = try problem("\(typed)=1")
    #expect(problem.contains("' is not a key; ") && !problem.contains("did you mean"), "\(problem)")
    #expect(problem.count < 220, "\(problem)")
  }

  @Test(arguments: [
    ("optimizer=Adam", "adam"), ("optimizer=SGD", "sgd"), ("optimizer.name=AdamW", "adamw"),
    ("optimizer=torch.optim.Adam(lr=0.1)", "adam"), ("optimizer=RMSProp", "rmsprop"),
    ("schedule=CosineDecay", "cosine"),
    ("schedule=CosineAnnealingLR", "cosine"), ("schedule=StepLR", "step"), ("schedule=PolynomialDecay", "polynomial"),
    ("loss=sparse_categorical_crossentropi", "sparse_categorical_crossentropy"),
    ("loss=BCELoss", "binary_crossentropy"),
    ("loss=CrossEntropyLoss", "sparse_categorical_crossentropy"), ("normalization=Global", "global"),
    ("model.layers.0=Linear", "Dense"), ("model.layers.0=BatchNorm2d", "BatchNormalization"),
    ("model.layers.0=MaxPool2d", "MaxPooling2D"), ("model.layers.0=flatten", "Flatten"),
    ("model.layers.0=nn.ReLU6", "ReLU"),
  ])
  func theRightValueIsOffered(override: String, meant: String) throws {
    let problem = try problem(override)
    #expect(problem.hasSuffix("; did you mean '\(meant)'?"), "\(problem)")
  }

  @Test(arguments: [
    ("optimizer=adagrad", "one of sgd, adam, adamw, rmsprop, lars, lamb or keys with values, such as {name: sgd"),
    ("data=flowers", "must be keys with values, such as {train: PATH"),
    ("augmentation=flip", "a list, such as [{padCrop"),
    ("model.input=28", "must be text or a list, such as [224, 224, 3]"), ("model.layers=[]", "is empty; write layers"),
    ("preprocessing=imagenet", "such as {standardize: imagenet}"), ("finetune=3", "such as {from: vgg16.h5"),
  ])
  func whatCannotBeGuessedIsShownByExample(override: String, advice: String) throws {
    #expect(try problem(override).contains(advice))
  }

  /// The layer, its class and the argument, at the layer's line.
  @Test(arguments: [
    ("Conv2D: {filter: 8, kernel_size: 3}", "(Conv2D): 'filter' is not an argument; did you mean 'filters'?"),
    ("Conv2D: {filters: 8, kernel: 3}", "(Conv2D): 'kernel' is not an argument; did you mean 'kernel_size'?"),
    ("Conv2D: {out_channels: 8, kernel_size: 3}", "'out_channels' is not an argument; did you mean 'filters'?"),
    (
      "Conv2D: {filters: 8, kernel_size: 3, stride: 2}",
      "'stride' = 2 is not an argument that is supported; did you mean 'strides'?"
    ),
    (
      "Conv2D: {filters: 8, kernel_size: 3, padding: SAME}",
      "(Conv2D): padding 'SAME' is not supported; did you mean 'same'?"
    ),
    (
      "Conv2D: {filters: 8, kernel_size: 3, padding: 1}",
      "(Conv2D): padding is 1, but must be one of valid, same, causal."
    ),
    (
      "Conv2D: {filters: 8, kernel_size: 3, activation: ReLU}",
      "(Conv2D): activation 'ReLU' is not supported; did you mean 'relu'?"
    ),
    ("Conv2D: {kernel_size: 3}", "(Conv2D): 'filters' is missing; add it, a whole number."),
    ("Conv2d", "(Conv2d): the class 'Conv2d' is not known; did you mean 'Conv2D'?"),
    ("Dropout: {p: 0.5}", "(Dropout): 'p' is not an argument; did you mean 'rate'?"),
    ("Nonsense", "(Nonsense): the class 'Nonsense' is not known; 'convoy layers' lists the classes."),
    (
      "MaxPooling3D",
      "(MaxPooling3D): takes volumes of shape (depth, height, width, channels), but gets (8, 8, 1); put a Reshape "
        + "before it, or take a layer for such inputs."
    ),
  ])
  func aLayerIsNamedByItsPlaceAndLine(layer: String, problem: String) throws {
    let text = """
      data: {train: d.h5}
      model:
        input: [8, 8, 1]
        layers:
          - ReLU
          - \(layer)
          - Flatten
          - Dense: {units: 10}

      """
    let error = #expect(throws: ConfigurationError.self) { try configuration(text) }
    let sentence = try #require(error?.description)
    #expect(sentence.contains("a.yaml:6: model.layers[1] "), "\(sentence)")
    #expect(sentence.hasSuffix(problem), "\(sentence)")
  }

  /// Every name leads to a key that there is, and only to one.
  @Test func theTableOfNamesIsSound() throws {
    let text = ConfigurationKeys.everyGroup + "\nepochs: 0"
    #expect(throws: ConfigurationError.self) { try configuration(text) }
    let known = Set(ConfigurationKeys.all.map { $0.joined(separator: ".") })
    #expect(known.isSuperset(of: ["data.split.test", "finetune.phases.0.gradually.layers", "augmentation.0.padCrop"]))
    #expect(known.isSuperset(of: FamiliarKeys.targets), "\(Set(FamiliarKeys.targets).subtracting(known))")
    let names = FamiliarKeys.names
    #expect(Set(names).count == names.count, "\(names.filter { name in names.count { $0 == name } > 1 })")
    #expect(names.allSatisfy { $0 == $0.lettersAndDigits })
  }
}
