import Kernels
public import Tensors

/// A loss whose targets are classes, some of which can count more than others: at every position the loss is multiplied
/// by the weight of its class.
///
/// What the sum is divided by stays the number of positions, as where Keras is given a weight for every position. So
/// the weights belong to a run and not to the loss: Keras's configuration of it does not have them.
public protocol ClassWeightedLoss: LossLayer {
  /// One for each class; empty where all count the same.
  var classWeights: [Double] { get set }

  /// The classes of targets for predictions of a shape; nil where they are not of one class each.
  func classCount(of predictions: Shape) -> Int?
}

/// Losses of yes-or-no predictions: where there is one at each position, its classes are 0 and 1.
extension ClassWeightedLoss where Self: ElementwiseLoss {
  public func classCount(of predictions: Shape) -> Int? { predictions.channels == 1 ? 2 : nil }

  func binary(isLogit: Bool, smoothing: Double) -> ElementLoss.Binary {
    var binary = ElementLoss.Binary(isLogit: isLogit, smoothing: Float(smoothing))
    if !classWeights.isEmpty {
      (binary.weightOfZero, binary.weightOfOne) = (Float(classWeights[0]), Float(classWeights[1]))
    }
    return binary
  }
}
