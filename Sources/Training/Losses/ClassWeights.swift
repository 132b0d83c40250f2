import Datasets
import Tensors

extension ClassWeightsChoice {
  /// What the images of each class count in training; nil where all count the same.
  ///
  /// - Parameter classes: of the model; some may have no samples.
  func weights(of source: any DataSource, classes: Int) throws(TrainingError) -> Buffer? {
    guard self != .equal else { return nil }
    guard source.labelCount == nil else {
      throw TrainingError(
        .configuration,
        "'classWeights' are for images of one class each, but those of \(source.location) have labels that exclude "
          + "nobody; remove them."
      )
    }
    switch self {
    case .equal: return nil
    case .balanced: return balanced(source, classes: classes)
    case .given(let weights): return try given(weights, source, classes: classes)
    }
  }

  /// scikit-learn's `balanced`, over the classes that have samples.
  private func balanced(_ source: any DataSource, classes: Int) -> Buffer {
    var counts = Array(repeating: 0, count: classes)
    for index in 0..<source.count { counts[source.label(at: index)] += 1 }
    let used = counts.count { $0 > 0 }
    return Buffer(counts.map { $0 == 0 ? 1 : Float(Double(source.count) / Double(used * $0)) })
  }

  private func given(
    _ given: [String: Double], _ source: any DataSource, classes: Int
  ) throws(TrainingError) -> Buffer {
    var weights = Array(repeating: Float(1), count: classes)
    let names = source.classNames
    for (name, weight) in given.sorted(by: { $0.key < $1.key }) {
      guard let index = names.firstIndex(of: name) ?? Int(name), weights.indices.contains(index) else {
        let known = names.isEmpty ? "0 to \(classes - 1)" : names.joined(separator: ", ")
        throw TrainingError(
          .configuration, "'classWeights': \(source.location) has no class '\(name)'; known are \(known).")
      }
      weights[index] = Float(weight)
    }
    return Buffer(weights)
  }
}
