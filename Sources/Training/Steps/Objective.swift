import Datasets
import Kernels
import Networks
import Tensors

/// What the loss makes of an image.
struct Objective: Sendable {
  /// Whether the outputs are logits of sigmoids (multi-label) instead of those of a softmax.
  let isBinary: Bool
  /// The part of each label that is spread over all classes.
  var smoothing: Float = 0
  /// One for each class: what loss and gradient of its samples are multiplied by; nil where all are 1.
  var classWeights: Buffer?

  /// Of evaluation: smoothed as in training, as Keras does it, but every sample counts the same.
  init(evaluating recipe: Recipe, _ graph: Graph) {
    isBinary = graph.endsInSigmoids
    smoothing = Float(recipe.labelSmoothing)
  }

  /// Of training.
  ///
  /// - Parameter graph: of its classes, some may have no samples.
  init(training recipe: Recipe, on source: any DataSource, _ graph: Graph) throws(TrainingError) {
    self.init(evaluating: recipe, graph)
    guard source.labelCount == nil || recipe.classWeights == .equal else {
      throw TrainingError(
        .configuration,
        "'classWeights' are for images of one class each, but those of \(source.location) have labels that exclude "
          + "nobody; remove them."
      )
    }
    let outputs = isBinary ? 2 : graph.outputShapes[0].channels
    switch recipe.classWeights {
    case .equal: classWeights = nil
    case .balanced: classWeights = Objective.balanced(source, outputs: outputs)
    case .given(let weights): classWeights = try Objective.given(weights, source, outputs: outputs)
    }
  }

  /// Loss and right answers of the live images of a shard.
  ///
  /// - Parameter gradient: overwritten; nil where it is not wanted.
  func sums(
    _ logits: Tensor, _ shard: LoadedShard, gradient: Tensor? = nil, scale: Float = 1
  ) -> CrossEntropy.Sums {
    isBinary
      ? BinaryCrossEntropy.ofLogits(
        logits, labels: shard.labels, live: shard.liveCount, smoothing: smoothing, classWeights: classWeights,
        gradient: gradient, scale: scale)
      : CrossEntropy.ofLogits(
        logits, labels: shard.labels, live: shard.liveCount, smoothing: smoothing, classWeights: classWeights,
        gradient: gradient, scale: scale)
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
