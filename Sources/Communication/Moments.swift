internal import Tensors

/// Count, mean and sum of squared deviations (M2) of several channels in one buffer: all counts, all means, all M2.
///
/// The variance is M2 / count. A count is a float: exact up to 2^24, beyond that as exact as the other values.
public enum Moments {
  /// Floats for the moments of this many channels.
  public static func count(channels: Int) -> Int { 3 * channels }

  /// Combines the moments of disjoint sets into the left ones (Chan, Golub and LeVeque, "Updating formulae and a
  /// pairwise algorithm for computing sample variances", 1979):
  ///
  ///     n = n1 + n2,  d = mean2 - mean1
  ///     mean = mean1 + d n2 / n
  ///     M2 = M2_1 + M2_2 + d^2 n1 n2 / n
  ///
  /// in double precision, rounded to float once. A set with count 0 changes nothing, whatever its other values.
  static func combine(_ left: Buffer, _ right: Buffer) {
    precondition(left.count == right.count && left.count % 3 == 0)
    let channels = left.count / 3
    for channel in 0..<channels {
      let (mean, squares) = (channel + channels, channel + 2 * channels)
      let (leftCount, rightCount) = (Double(left[channel]), Double(right[channel]))
      if rightCount == 0 { continue }
      if leftCount == 0 {
        left[channel] = right[channel]
        left[mean] = right[mean]
        left[squares] = right[squares]
        continue
      }
      let count = leftCount + rightCount
      let difference = Double(right[mean]) - Double(left[mean])
      let combined = Double(left[mean]) + difference * (rightCount / count)
      let spread = difference * difference * (leftCount * (rightCount / count))
      left[channel] = Float(count)
      left[mean] = Float(combined)
      left[squares] = Float(Double(left[squares]) + Double(right[squares]) + spread)
    }
  }
}
