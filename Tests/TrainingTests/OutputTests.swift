import Networks
import TestSupport
import Testing
import Training

/// Losses and outputs of a recipe.
@Suite(.serialized) struct OutputTests {
  private func error(_ form: ModelForm, _ change: (inout Recipe) -> Void) throws -> String? {
    let folder = try TemporaryFolder()
    var run = TrainingRun()
    run.recipe.model = try form.choice(in: folder)
    run.recipe.outputs = form.outputs
    change(&run.recipe)
    let output = try TemporaryFolder()
    return #expect(throws: TrainingError.self) { try run.train(in: output, steps: 1) }?.description
  }

  @Test func outputsThatAreNotThere() throws {
    #expect(
      try error(.twoOutputs) { $0.outputs["clases"] = $0.outputs.removeValue(forKey: "classes") }
        == "'outputs': the model 'two' has no output 'clases'; did you mean 'classes'?")
    #expect(
      try error(.twoOutputs) { $0.outputs["digits"] = nil }
        == "'outputs': the output 'digits' of the model 'two' has no target; add it, such as 'digits: {target: label}'."
    )
    #expect(
      try error(.twoOutputs) { $0.outputs = [:] }
        == "the model 'two' has 2 outputs, classes, digits; say with 'outputs' what each is trained towards, such as "
        + "'outputs: {classes: {target: label}, ...}'.")
    #expect(
      try error(.twoOutputs) { $0.outputs["classes"]?.target = "box" }?.contains(
        "'outputs.classes.target': \(TrainingRun.digits):/train has no column 'box'") == true)
  }

  @Test func lossesThatDoNotSuit() throws {
    #expect(
      try error(.flat) { $0.loss = FunctionChoice("sparse_categorical_crossentropi") }?
        .contains("did you mean 'sparse_categorical_crossentropy'?") == true)
    #expect(
      try error(.flat) { $0.loss = FunctionChoice("SparseCategoricalCrossentropy", ["from_logits": true]) }
        == "'loss': from_logits is true, but the output 'classes' ends in softmax, so that it gives probabilities; "
        + "remove from_logits, or the activation.")
    #expect(
      try error(.twoOutputs) {
        $0.outputs["digits"]?.loss = FunctionChoice("SparseCategoricalCrossentropy", ["from_logits": false])
      }?.contains("'outputs.digits.loss': from_logits is false, but the output 'digits' ends in no softmax") == true)
    #expect(
      try error(.flat) { $0.loss = FunctionChoice("binary_crossentropy") }
        == "the output 'classes' of shape (10,) is trained by binary_crossentropy, which takes a target of shape "
        + "(10,), but 'label' of \(TrainingRun.digits):/train has (1,); use sparse_categorical_crossentropy for class "
        + "numbers, or give other data.")
    #expect(
      try error(.twoOutputs) { $0.labelSmoothing = 0.1 }?
        .contains("labelSmoothing' is for a model with one output, but 'outputs' says") == true)
  }

  @Test func scoresThatAreNotThere() throws {
    #expect(
      try error(.twoOutputs) { $0.outputs["digits"]?.metrics = [FunctionChoice("acuracy")] }?
        .contains("'outputs.digits.metrics': there is no metric 'acuracy'; did you mean 'accuracy'?") == true)
    #expect(
      try error(.twoOutputs) { recipe in
        recipe.data.validation = TrainingRun.digits + ":/test"
        recipe.earlyStopping = EarlyStoppingChoice(patience: 1)
        recipe.earlyStopping?.monitor = "val_digits_acuracy"
      }?.contains("'earlyStopping.monitor' is 'val_digits_acuracy', which this run does not measure; did you mean")
        == true)
  }

  /// Scores have Keras's names and the same digits on any number of ranks; any of them says which epoch is the best.
  @Test func scoresOfOutputs() throws {
    let folder = try TemporaryFolder()
    var run = TrainingRun()
    run.recipe.model = try ModelForm.twoOutputs.choice(in: folder)
    run.recipe.outputs = ModelForm.twoOutputs.outputs
    run.recipe.data = DataChoice(train: TrainingRun.digits + ":/test")
    run.recipe.data.split = SplitChoice(validation: Share(0.3))
    run.recipe.earlyStopping = EarlyStoppingChoice(patience: 9)
    run.recipe.earlyStopping?.monitor = "val_digits_top"
    let first = try TemporaryFolder()
    let history = try run.train(in: first, steps: 20)[0].state.history
    for metrics in history.flatMap({ [$0.training, $0.validation!] }) {
      #expect(
        metrics.values.map(\.name) == [
          "classes_loss", "classes_accuracy", "digits_loss", "digits_accuracy", "digits_top",
        ])
      let sum = 0.75 * metrics.value(of: "classes_loss")! + 0.25 * metrics.value(of: "digits_loss")!
      #expect(abs(metrics.loss - sum) < 1e-4 * metrics.loss && metrics.accuracy == nil)
      #expect(metrics.value(of: "digits_top")! >= metrics.value(of: "digits_accuracy")!)
    }
    let scores = history.map { $0.validation!.value(of: "digits_top")! }
    #expect(BestEpoch(run.recipe).index(in: history) == scores.firstIndex(of: scores.max()!))
    let second = try TemporaryFolder()
    (run.ranks, run.threads) = (3, 2)
    _ = try run.train(in: second, steps: 11)
    run.ranks = 4
    #expect(try run.train(in: second, steps: 20, resume: true)[0].state.history == history)
  }

  /// A name of Keras's, its class and nothing at all are the same loss.
  @Test func namesOfTheUsualLoss() throws {
    var run = TrainingRun(model: "lenet5")
    let whole = try run.digest(steps: 3)
    for name in ["sparse_categorical_crossentropy", "SparseCategoricalCrossentropy"] {
      run.recipe.loss = FunctionChoice(name)
      #expect(try run.digest(steps: 3) == whole)
    }
  }

  /// The loss of a step is the weighted sum of those of the outputs, and the gradients are those of that sum.
  @Test func weightsOfOutputs() throws {
    let folder = try TemporaryFolder()
    var run = TrainingRun()
    run.recipe.model = try ModelForm.twoOutputs.choice(in: folder)
    func loss(_ first: Double, _ second: Double) throws -> Double {
      var (one, other) = (OutputChoice(), OutputChoice())
      (one.weight, other.weight) = (first, second)
      run.recipe.outputs = ["classes": one, "digits": other]
      let output = try TemporaryFolder()
      return try run.train(in: output, steps: 1)[0].state.epochMetrics.loss
    }
    let (first, second) = (try loss(1, 0), try loss(0, 1))
    #expect(first != second && first > 0 && second > 0)
    #expect(abs(try loss(0.5, 0.25) - 0.5 * first - 0.25 * second) < 1e-5)
  }
}
