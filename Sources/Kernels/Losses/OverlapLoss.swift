internal import CKernels
public import Tensors

/// The overlap of predicted and true shares, p and t from 0 to 1, over groups of elements:
///
///     1 - numerator I / (common I + targets T + predictions P + 10^-7),  I = sum p t, T = sum t, P = sum p
///
/// The loss of an image is the sum over its groups, divided by `divisor`.
public struct OverlapLoss: Hashable, Sendable {
  let numerator: Float, common: Float, targets: Float, predictions: Float

  /// 1 - 2 I / (T + P): 1 minus Sørensen's and Dice's coefficient.
  public static let dice = OverlapLoss(numerator: 2, common: 0, targets: 1, predictions: 1)

  /// 1 - I / (I + alpha (T - I) + beta (P - I)): 1 minus Tversky's index.
  public static func tversky(alpha: Double, beta: Double) -> OverlapLoss {
    OverlapLoss(numerator: 1, common: Float(1 - alpha - beta), targets: Float(alpha), predictions: Float(beta))
  }

  /// The axes whose elements are in one group: bit 0 the channels, 1 the width, 2 the height, 3 the depth.
  public struct Axes: OptionSet, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }

    public static let all = Axes(rawValue: 15)

    func joins(_ axis: Int) -> Bool { rawValue >> axis & 1 == 1 }

    /// Groups of one image.
    public func groupCount(of shape: Shape) -> Int { Predictions.groupCount(of: shape, isJoined: joins) }
  }

  /// Floats that backward needs of forward.
  public static func slopeCount(of shape: Shape, axes: Axes, lanes: Int) -> Int {
    2 * axes.groupCount(of: shape) * lanes
  }

  /// Writes the loss of each live image, 0 in dead lanes, and the slopes.
  public func measure(
    _ input: Tensor, target: Tensor, axes: Axes, live: Int, divisor: Double, slopes: Buffer, into losses: LaneNumbers
  ) {
    precondition(slopes.count >= OverlapLoss.slopeCount(of: input.shape, axes: axes, lanes: input.lanes))
    var function = ck_overlap_function(
      numerator: numerator, common: common, targets: targets, predictions: predictions)
    unsafe Predictions(input, target: target, isJoined: axes.joins)
      .measure(live: live, divisor: divisor, into: losses) { input, sums in
        unsafe ck_overlap_loss(&function, input, sums, slopes.pointer)
      }
  }

  /// Writes the gradient of each image's loss times its factor; 0 where the factor is 0, and so in dead lanes.
  ///
  /// - Parameters:
  ///   - slopes: what `measure` wrote.
  ///   - factors: a float for each lane, of shape (1).
  public static func differentiate(
    target: Tensor, axes: Axes, slopes: Buffer, factors: Tensor, divisor: Double, into gradient: Tensor
  ) {
    precondition(slopes.count >= slopeCount(of: target.shape, axes: axes, lanes: target.lanes))
    unsafe Predictions(target, target: target, isJoined: axes.joins)
      .differentiate(factors: factors, divisor: divisor, into: gradient) { input, output in
        unsafe ck_overlap_loss_backward(input, slopes.pointer, output)
      }
  }

  /// Floats that `sum` needs.
  public static func sumCount(of shape: Shape, axes: Axes, lanes: Int) -> Int {
    3 * axes.groupCount(of: shape) * lanes
  }

  /// Writes the means over the live images of I, T and P: of all groups the first, then the second, then the third.
  ///
  /// - Parameter scratch: floats as many as `sumCount` says.
  public static func sum(
    _ input: Tensor, target: Tensor, axes: Axes, live: Int, scratch: Buffer, means: Buffer
  ) {
    let (groups, lanes) = (axes.groupCount(of: input.shape), input.lanes)
    precondition(scratch.count >= sumCount(of: input.shape, axes: axes, lanes: lanes) && means.count == 3 * groups)
    var predictions = unsafe Predictions(input, target: target, isJoined: axes.joins).kernel
    unsafe ck_overlap_sums(&predictions, scratch.pointer)
    for group in 0..<groups {
      for part in 0..<3 {
        var sum = 0.0
        for lane in 0..<live { sum += Double(scratch[(3 * group + part) * lanes + lane]) }
        means[part * groups + group] = Float(sum / Double(max(1, live)))
      }
    }
  }

  /// The loss of groups that reach over several images, and its slopes for all lanes.
  ///
  /// - Parameters:
  ///   - means: as `sum` writes them, of all of these images.
  ///   - images: how many there are.
  public func measure(means: Buffer, images: Double, divisor: Double, lanes: Int, slopes: Buffer) -> Double {
    let groups = means.count / 3
    precondition(slopes.count >= 2 * groups * lanes)
    var loss = 0.0
    for group in 0..<groups {
      let (both, target) = (Double(means[group]) * images, Double(means[groups + group]) * images)
      let predicted = Double(means[2 * groups + group]) * images
      let sums = Double(common) * both + Double(targets) * target + Double(predictions) * predicted + 1e-7
      loss += 1 - Double(numerator) * both / sums
      let slope = Double(numerator) * both / (sums * sums)
      let first = 2 * group * lanes
      slopes[first..<first + lanes].fill(Float(Double(common) * slope - Double(numerator) / sums))
      slopes[first + lanes..<first + 2 * lanes].fill(Float(Double(predictions) * slope))
    }
    return loss / divisor
  }
}
