internal import CKernels
public import Tensors

extension BatchNormalization {
  /// variance = squares / count, the biased one, which Keras 3 also keeps as moving variance; 0 for no elements.
  public static func variance(squares: Buffer, count: Int, into variance: Buffer) {
    precondition(squares.count == variance.count && count >= 0)
    for channel in 0..<squares.count {
      variance[channel] = count == 0 ? 0 : Float(Double(squares[channel]) / Double(count))
    }
  }

  /// Pools the moments of two disjoint sets of elements into those of the first (Chan, Golub and LeVeque, "Updating
  /// formulae and a pairwise algorithm for computing sample variances", 1979). A set without elements changes nothing.
  ///
  /// - Returns: the number of elements of both.
  @discardableResult
  public static func pool(
    mean: Buffer, squares: Buffer, count: Int, withMean otherMean: Buffer, squares otherSquares: Buffer,
    count otherCount: Int
  ) -> Int {
    precondition(mean.count == squares.count && mean.count == otherMean.count && mean.count == otherSquares.count)
    guard otherCount > 0 else { return count }
    let total = count + otherCount
    let share = Double(otherCount) / Double(total)
    for channel in 0..<mean.count {
      let difference = Double(otherMean[channel]) - Double(mean[channel])
      mean[channel] = Float(Double(mean[channel]) + difference * share)
      squares[channel] = Float(
        Double(squares[channel]) + Double(otherSquares[channel]) + difference * difference * Double(count) * share)
    }
    return total
  }

  /// moving = moving * momentum + batch * (1 - momentum).
  public static func updateMoving(_ moving: Buffer, with batch: Buffer, momentum: Float) {
    precondition(moving.count == batch.count)
    unsafe ck_average_moving(moving.pointer, batch.pointer, moving.count, momentum)
  }
}
