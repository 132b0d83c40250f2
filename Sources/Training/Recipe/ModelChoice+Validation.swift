import Keras
import Kernels
import Networks
import Tensors

extension ModelChoice {
  func validate() throws(RecipeError) { _ = try ownGraph() }

  /// The graph of a model that the recipe itself describes; nil for others.
  func ownGraph() throws(RecipeError) -> Graph? {
    if case .architecture(let value) = self {
      do { return try Graph(kerasModel: value) } catch {
        throw RecipeError("model.architecture", "cannot be built: \(error.description)")
      }
    }
    guard case .layers(let layers, _) = self else { return nil }
    let input = try givenInput().map { Input($0) } ?? Input([], .text, capacity: 1)
    guard !layers.isEmpty else {
      throw RecipeError("model.layers", "is empty; write layers, such as [Flatten, Dense: {units: 10}].")
    }
    do {
      return try Graph(input, layers.map { ($0.className, $0.values) })
    } catch {
      let path = error.index.map { "model.layers.\($0)" } ?? "model.input"
      throw RecipeError(path, error.problem, subject: "model.\(error.place):")
    }
  }
}
