import Foundation

/// A loss by Keras's formula.
enum TrainingLoss {
  /// The labels are class numbers.
  case sparseCrossEntropy
  case crossEntropy
  /// Of what softmax has not turned into probabilities.
  case crossEntropyOfLogits
  case meanSquaredError

  /// Value and gradient for a batch: the mean over samples, of -sum y log(p / sum p) or of the mean of (y - p)^2.
  func callAsFunction(_ outputs: [[Float]], _ targets: [[Float]]) -> (value: Double, gradients: [[Float]]) {
    let count = Double(outputs.count)
    var value = 0.0
    var gradients: [[Float]] = []
    for (output, target) in zip(outputs, targets) {
      let p = output.map(Double.init)
      switch self {
      case .sparseCrossEntropy, .crossEntropy:
        let y = self == .crossEntropy ? target.map(Double.init) : p.indices.map { $0 == Int(target[0]) ? 1 : 0 }
        let (sum, total) = (p.reduce(0, +), y.reduce(0, +))
        value -= zip(y, p).reduce(0) { $0 + $1.0 * log($1.1 / sum) } / count
        gradients.append(zip(y, p).map { Float((total / sum - $0 / $1) / count) })
      case .crossEntropyOfLogits:
        let exponentials = p.map { exp($0 - p.max()!) }
        let (sum, y) = (exponentials.reduce(0, +), target.map(Double.init))
        value -= zip(y, exponentials).reduce(0) { $0 + $1.0 * log($1.1 / sum) } / count
        let total = y.reduce(0, +)
        gradients.append(zip(y, exponentials).map { Float((total * $1 / sum - $0) / count) })
      case .meanSquaredError:
        let y = target.map(Double.init)
        let size = count * Double(p.count)
        value += zip(y, p).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / size
        gradients.append(zip(y, p).map { Float(2 * ($1 - $0) / size) })
      }
    }
    return (value, gradients)
  }
}
