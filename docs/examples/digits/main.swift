// digits IMAGE...: trains LeNet-5 on handwritten digits, measures it, and says which digits the images show.
import Convoy

var recipe = Recipe(
  model: .named("lenet5"), data: DataChoice(train: "data/digits.h5:/train", test: "data/digits.h5:/test"))
recipe.epochs = 3
recipe.optimizer.rate = 0.05
recipe.optimizer.momentum = 0.9

do {
  // One rank, or all that mpirun has started.
  let ranks = try World.join()
  let trainer = try Trainer(recipe, folder: "runs/digits", communicator: ranks)
  var callbacks: [any Callback] = [SignalCallback()]
  if ranks.rank == 0 { callbacks.append(ProgressReporter { print($0, terminator: "") }) }
  let summary = try trainer.train(callbacks: &callbacks)
  if ranks.rank == 0, let test = summary.test {
    print("test \(test.text)")
    // The checkpoint is a Keras file that knows how its images were prepared.
    let model = try LoadedModel(summary.checkpoint)
    let predictor = try Predictor(model, files: Array(CommandLine.arguments.dropFirst()))
    try predictor.run { file, prediction in print("\(file): \(prediction.text)") }
  }
} catch {
  print(error)
  World.end(status: 1)
}
