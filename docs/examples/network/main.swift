// network IMAGE...: builds a network, trains it on handwritten digits, measures it, and says what the images show.
import Convoy

do {
  let graph = try Sequential("small", input: [28, 28, 1]) {
    Conv2D(8, kernel: 5, strides: 2, activation: .relu)
    Conv2D(16, kernel: 3, strides: 2, activation: .relu)
    Flatten()
    Dense(10, activation: .softmax)
  }.graph()
  var recipe = Recipe(model: .graph(graph), data: DataChoice(train: "data/digits.h5:/train"))
  (recipe.epochs, recipe.optimizer.rate, recipe.optimizer.momentum) = (5, 0.05, 0.9)
  recipe.preprocessing = Preprocessing(scale: 1 / 255)
  let ranks = try World.join()
  let trainer = try Trainer(recipe, folder: "runs/network", communicator: ranks)
  var callbacks: [any Callback] = []
  let summary = try trainer.train(callbacks: &callbacks)

  let weights = Weights(ParameterTable(graph))
  try KerasModel(reading: summary.checkpoint).load(into: weights)
  let test = try openSource("data/digits.h5:/test")
  let evaluator = try Evaluator(
    graph, weights: weights, source: test, preparation: Preparation(for: test, recipe.preprocessing),
    communicator: ranks, recipe: recipe, threads: 1)
  let metrics = try evaluator.evaluate(pool: WorkerPool(count: 1))
  if ranks.rank == 0 {
    print("test \(metrics.text)")
    let model = LoadedModel(graph, weights: weights)
    let images = Array(CommandLine.arguments.dropFirst())
    let predictor = try Predictor(model, files: images, preprocessing: recipe.preprocessing)
    try predictor.run { file, prediction in print("\(file): \(prediction.text)") }
  }
} catch {
  print(error)
  World.end(status: 1)
}
