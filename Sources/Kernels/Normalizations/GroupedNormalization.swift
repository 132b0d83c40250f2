internal import CKernels
public import Tensors

/// Normalisation of every sample for itself, by statistics of groups of its elements:
///
///     y = (x - m) * r * gamma + beta
///
/// Layer normalisation (Ba, Kiros and Hinton, 2016), group normalisation (Wu and He, 2018) and their relatives differ
/// in the grouping and in m and r.
public struct GroupedNormalization: Sendable {
  public enum Form: Hashable, Sendable {
    /// m is the mean of the group, r = 1 / sqrt(variance + epsilon).
    case standard
    /// m = 0, r = 1 / sqrt(mean of x^2 + epsilon); Zhang and Sennrich, "Root mean square layer normalization", 2019.
    case rootMeanSquare
    /// m = 0, r = 1 / sqrt(variance + epsilon): what Keras does with `rms_scaling`.
    case varianceScaled
    /// m = 0, r = 1 / sqrt(max(sum of x^2, epsilon)).
    case unitLength
  }

  public let grouping: Grouping
  public let form: Form
  public let epsilon: Float

  public init(_ grouping: Grouping, form: Form = .standard, epsilon: Float) {
    (self.grouping, self.form, self.epsilon) = (grouping, form, epsilon)
  }

  /// Floats of the statistics, for a number of lanes.
  public func statisticCount(lanes: Int) -> Int { 2 * grouping.groupCount * lanes }

  /// Writes y and the statistics. `output` may be `input`.
  ///
  /// - Parameters: `gamma` and `beta`: row-major over the parameter axes; nil stands for 1 and 0.
  public func apply(_ input: Tensor, gamma: Buffer?, beta: Buffer?, statistics: Buffer, into output: Tensor) {
    check(input, statistics)
    check(output, statistics)
    precondition((beta?.count ?? grouping.parameterCount) == grouping.parameterCount)
    var (kernel, grouping) = unsafe (self.kernel(gamma, beta), grouping.kernel)
    unsafe ck_normalize_groups(
      &kernel, &grouping, input.pointer, input.steps, output.pointer, output.steps, input.lanes, statistics.pointer)
  }

  /// Writes dx. `inputGradient` may be `gradient`. Dead lanes stay zero.
  public func differentiate(
    input: Tensor, gradient: Tensor, gamma: Buffer?, statistics: Buffer, into inputGradient: Tensor
  ) {
    check(input, statistics)
    check(gradient, statistics)
    check(inputGradient, statistics)
    var (kernel, grouping) = unsafe (self.kernel(gamma, nil), grouping.kernel)
    unsafe ck_normalize_groups_backward(
      &kernel, &grouping, input.pointer, input.steps, gradient.pointer, gradient.steps, inputGradient.pointer,
      inputGradient.steps, input.lanes, statistics.pointer)
  }

  /// Overwrites the gradients of gamma and beta, where there are such: sums of dy (x - m) r and of dy.
  public func differentiateParameters(
    input: Tensor, gradient: Tensor, statistics: Buffer, gamma gammaGradient: Buffer?, beta betaGradient: Buffer?
  ) {
    check(input, statistics)
    check(gradient, statistics)
    precondition((gammaGradient?.count ?? grouping.parameterCount) == grouping.parameterCount)
    precondition((betaGradient?.count ?? grouping.parameterCount) == grouping.parameterCount)
    var (kernel, grouping) = unsafe (self.kernel(nil, nil), grouping.kernel)
    unsafe ck_normalize_groups_parameters(
      &kernel, &grouping, input.pointer, input.steps, gradient.pointer, gradient.steps, input.lanes,
      statistics.pointer, gammaGradient?.pointer, betaGradient?.pointer)
  }

  private func kernel(_ gamma: Buffer?, _ beta: Buffer?) -> ck_group_normalization {
    precondition((gamma?.count ?? grouping.parameterCount) == grouping.parameterCount)
    return unsafe ck_group_normalization(
      centres_squares: form == .standard || form == .varianceScaled ? 1 : 0, centres_output: form == .standard ? 1 : 0,
      has_unit_length: form == .unitLength ? 1 : 0, epsilon: epsilon, gamma: gamma?.pointer, beta: beta?.pointer)
  }

  private func check(_ tensor: Tensor, _ statistics: Buffer) {
    precondition(tensor.shape == grouping.shape, "\(tensor.shape) is not grouped as \(grouping.shape)")
    precondition(statistics.count == statisticCount(lanes: tensor.lanes))
  }
}
