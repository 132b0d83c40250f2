/// Values for the sizes that a model leaves open in the shapes of its inputs (Keras's `None`).
public enum OpenSizes: Sendable {
  /// Such a model is refused.
  case refused
  /// The same everywhere.
  case all(Int)
  /// Those of samples of these shapes, one for each input of the model; axes in the order of the file.
  case samples([[Int]])

  /// - Parameters:
  ///   - input: its position among the model's.
  ///   - axis: without the batch.
  func size(ofInput input: Int, axis: Int) -> Int? {
    switch self {
    case .refused: nil
    case .all(let size): size
    case .samples(let shapes):
      shapes.indices.contains(input) && shapes[input].indices.contains(axis) ? shapes[input][axis] : nil
    }
  }
}
