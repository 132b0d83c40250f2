import Datasets
import Tensors

extension SampleDraws {
  /// The draws that a configuration wants of the training data; nil where every sample comes once.
  static func of(_ source: any DataSource, _ choice: SamplingChoice) throws(TrainingError) -> SampleDraws? {
    let draws: SampleDraws
    switch choice {
    case .once, .smote: return nil
    case .balanced: draws = SampleDraws(balancing: try classes(of: source))
    case .weights(let name): draws = SampleDraws(weights: try weights(of: source, in: name))
    }
    guard draws.isCountable else {
      throw error(
        "would visit one sample \(draws.mostVisits) times in an epoch of the \(source.count) of \(source.location), "
          + "and so many visits cannot be counted; give its class more samples, or weights that differ less.")
    }
    return draws
  }

  private static func classes(of source: any DataSource) throws(TrainingError) -> [Int] {
    guard let column = source.labelColumn, source.columns[column].kind == .category else {
      throw error(
        "is balanced, but \(source.location) has no class for each sample; give weights in a column: "
          + "'data.sampling: {weights: COLUMN}'.")
    }
    return (0..<source.count).map(source.label)
  }

  private static func weights(of source: any DataSource, in name: String) throws(TrainingError) -> [Double] {
    guard let column = source.columns.firstIndex(where: { $0.name == name }) else {
      throw error(
        "has weights in '\(name)', but 'data.columns' describes no such column of \(source.location)"
          + source.columns.map(\.name).suggestion(
            for: name, reference: "write 'data.columns: {\(name): {kind: numbers}}'")
      )
    }
    let described = source.columns[column]
    guard described.shape.count == 1, described.kind == .numbers || described.kind == .weight else {
      throw error(
        "has weights in '\(name)' of \(source.location), which is of the kind \(described.kind.rawValue) and the shape "
          + "\(described.shape); give a column of one number for each sample.")
    }
    let weights = (0..<source.count).map { source.number(0, of: column, at: $0) }
    if let index = weights.firstIndex(where: { $0 < 0 || !$0.isFinite }) {
      throw error(
        "has weights in '\(name)', but that of sample \(index) of \(source.location) is \(weights[index]); give "
          + "numbers of at least 0.")
    }
    guard weights.contains(where: { $0 > 0 }) else {
      throw error("has weights in '\(name)' of \(source.location), which are all 0; give some that are greater.")
    }
    return weights
  }

  private static func error(_ problem: String) -> TrainingError { TrainingError(.data, "'data.sampling' \(problem)") }
}
