import Datasets
import Tensors

/// What the loss makes of an image beyond its cross-entropy.
struct Objective: Sendable {
  /// The part of each label that is spread over all classes.
  var smoothing: Float = 0
  /// One for each class: what loss and gradient of its samples are multiplied by; nil where all are 1.
  var classWeights: Buffer?

  /// Of evaluation: smoothed as in training, as Keras does it, but every sample counts the same.
  init(evaluating recipe: Recipe) { smoothing = Float(recipe.labelSmoothing) }

  /// Of training.
  ///
  /// - Parameter outputs: of the network, of which some may have no samples.
  init(training recipe: Recipe, on source: any DataSource, outputs: Int) throws(TrainingError) {
    self.init(evaluating: recipe)
    switch recipe.classWeights {
    case .equal: classWeights = nil
    case .balanced: classWeights = Objective.balanced(source, outputs: outputs)
    case .given(let weights): classWeights = try Objective.given(weights, source, outputs: outputs)
    }
  }

  /// scikit-learn's `balanced`, over the classes that have samples.
  private static func balanced(_ source: any DataSource, outputs: Int) -> Buffer {
    var counts = Array(repeating: 0, count: outputs)
    for index in 0..<source.count { counts[source.label(at: index)] += 1 }
    let classes = counts.count { $0 > 0 }
    return Buffer(counts.map { $0 == 0 ? 1 : Float(Double(source.count) / Double(classes * $0)) })
  }

  private static func given(
    _ given: [String: Double], _ source: any DataSource, outputs: Int
  ) throws(TrainingError) -> Buffer {
    var weights = Array(repeating: Float(1), count: outputs)
    let names = source.classNames
    for (name, weight) in given.sorted(by: { $0.key < $1.key }) {
      guard let index = names.firstIndex(of: name) ?? Int(name), weights.indices.contains(index) else {
        let known = names.isEmpty ? "0 to \(outputs - 1)" : names.joined(separator: ", ")
        throw TrainingError(
          .configuration, "'classWeights': \(source.location) has no class '\(name)'; known are \(known).")
      }
      weights[index] = Float(weight)
    }
    return Buffer(weights)
  }
}
