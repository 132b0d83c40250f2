public import Kernels
public import Tensors

/// A loss that adds up a function of one prediction and its target, of the same shape: the mean over the channels of a
/// position, and then what `reduction` says.
public protocol ElementwiseLoss: LossLayer {
  var reduction: LossReduction { get }
  var function: ElementLoss { get }
  /// How many elements belong together before the reduction: by default the channels of a position.
  func elementsTogether(in shape: Shape) -> Int
  /// Whether they are summed instead of averaged.
  var isSum: Bool { get }
}

extension ElementwiseLoss {
  public func elementsTogether(in shape: Shape) -> Int { shape.channels }
  public var isSum: Bool { false }

  public func targetShape(for predictions: [Shape]) throws(ShapeError) -> Shape { try predictions.one() }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature { try signature(comparing: inputs) }

  public func isSumOfStrips(of predictions: Shape) -> Bool {
    elementsTogether(in: predictions) == predictions.channels
  }

  private func divisor(_ shape: Shape, _ strips: Int) -> Double {
    let together = elementsTogether(in: shape)
    return reduction.divisor(positions: shape.count / together * strips) * (isSum ? 1 : Double(together))
  }

  public func forward(_ pass: borrowing ForwardPass) {
    let predictions = pass.inputs[0]
    function.measure(
      predictions, target: pass.inputs[1], live: pass.live, divisor: divisor(predictions.shape, pass.strips),
      into: pass.losses)
    pass.losses.copy(into: pass.output)
  }

  public func backward(_ pass: borrowing BackwardPass) {
    guard let gradient = pass.inputGradient else { return }
    function.differentiate(
      pass.inputs[0], target: pass.inputs[1], factors: pass.outputGradient,
      divisor: divisor(gradient.shape, pass.strips), into: gradient)
  }
}
