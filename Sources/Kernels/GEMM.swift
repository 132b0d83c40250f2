internal import COpenBLAS
internal import Tensors

/// Products of matrices by OpenBLAS, on the calling thread only: the workers are the parallelism.
///
/// Source: BLAS level 3, `sgemm` (Dongarra et al., ACM TOMS 16, 1990), in its row-major C binding.
public enum GEMM {
  /// The whole library is told once; it would otherwise start one thread per core in every worker.
  private static let singleThreaded: Void = openblas_set_num_threads(1)

  /// `result = left * right`, or `result += left * right` when `adding`. `result` is not read unless `adding`; it must
  /// not overlap the factors. The same shapes and values give the same bits on one kind of processor.
  ///
  /// - Parameters:
  ///   - left: (m, k).
  ///   - right: (k, n).
  ///   - result: (m, n), not transposed.
  public static func multiply(_ left: Matrix, _ right: Matrix, into result: Matrix, adding: Bool = false) {
    precondition(
      left.columns == right.rows && result.rows == left.rows && result.columns == right.columns,
      "(\(left.rows), \(left.columns)) x (\(right.rows), \(right.columns)) is not (\(result.rows), \(result.columns))")
    precondition(!result.isTransposed, "the result of a product cannot be transposed")
    guard result.rows > 0, result.columns > 0 else { return }
    _ = singleThreaded
    unsafe cblas_sgemm(
      CblasRowMajor, left.isTransposed ? CblasTrans : CblasNoTrans, right.isTransposed ? CblasTrans : CblasNoTrans,
      blasint(result.rows), blasint(result.columns), blasint(left.columns),
      1, left.buffer.pointer, blasint(max(1, left.stride)), right.buffer.pointer, blasint(max(1, right.stride)),
      adding ? 1 : 0, result.buffer.pointer, blasint(max(1, result.stride)))
  }

  /// The name of OpenBLAS's kernels for this processor, such as `SkylakeX`.
  public static var processor: String { unsafe String(cString: openblas_get_corename()) }
}
