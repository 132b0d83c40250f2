import Networks
import Tensors

extension ModelChoice {
  func validate() throws(RecipeError) { _ = try listedGraph() }

  /// The graph of a model that is given as a list of layers; nil for others.
  func listedGraph() throws(RecipeError) -> Graph? {
    guard case .layers(let layers, let input) = self else { return nil }
    guard (1...4).contains(input.count), input.allSatisfy({ $0 > 0 }) else {
      throw RecipeError("model.input", "is \(input), but must be the shape of a sample, such as [28, 28, 1].")
    }
    guard !layers.isEmpty else {
      throw RecipeError("model.layers", "is empty; write layers, such as [Flatten, Dense: {units: 10}].")
    }
    do {
      return try Graph(Shape(input), layers.map { ($0.className, $0.values) })
    } catch {
      let path = error.index.map { "model.layers.\($0)" } ?? "model.input"
      throw RecipeError(path, error.problem, subject: "model.\(error.place):")
    }
  }
}
