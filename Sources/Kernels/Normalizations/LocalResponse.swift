internal import CKernels
public import Tensors

/// Local response normalisation across channels: y_c = x_c / s_c^beta with s_c = bias + alpha * sum of x_k^2 over the
/// channels k within `radius` of c (Krizhevsky, Sutskever and Hinton, "ImageNet classification with deep convolutional
/// neural networks", 2012, section 3.3).
public struct LocalResponse: Hashable, Sendable {
  public let radius: Int
  public let bias: Float, alpha: Float, beta: Float

  public init(radius: Int, bias: Float, alpha: Float, beta: Float) {
    precondition(radius >= 0 && bias > 0 && alpha >= 0, "s must be positive")
    (self.radius, self.bias, self.alpha, self.beta) = (radius, bias, alpha, beta)
  }

  /// Floats of scratch that `differentiate` needs.
  public static func scratchCount(channels: Int) -> Int { 32 * channels }

  /// Writes y. `output` may not be `input`.
  public func apply(_ input: Tensor, into output: Tensor) {
    var response = kernel
    unsafe ck_normalize_response(
      &response, input.pointer, input.layout.strides, output.pointer, output.layout.strides,
      input.layout.runs(output.layout))
  }

  /// Writes dx. `inputGradient` may be `gradient`. Dead lanes stay zero.
  public func differentiate(input: Tensor, gradient: Tensor, scratch: Buffer, into inputGradient: Tensor) {
    precondition(scratch.count >= LocalResponse.scratchCount(channels: input.layout.channels))
    var response = kernel
    unsafe ck_normalize_response_backward(
      &response, input.pointer, input.layout.strides, gradient.pointer, gradient.layout.strides, inputGradient.pointer,
      inputGradient.layout.strides, input.layout.runs(gradient.layout, inputGradient.layout), scratch.pointer)
  }

  private var kernel: ck_response { ck_response(radius: radius, bias: bias, alpha: alpha, beta: beta) }
}
