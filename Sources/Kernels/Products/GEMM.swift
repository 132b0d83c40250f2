internal import Tensors

/// Products of matrices by OpenBLAS, on the calling thread only: the workers are the parallelism.
///
/// Source: BLAS level 3, `sgemm` (Dongarra et al., ACM TOMS 16, 1990), in its row-major C binding.
public enum GEMM {
  /// A sentence where OpenBLAS cannot be used. Call it once, before there are other threads.
  public static var failure: String? {
    if case .failure(let error) = OpenBLAS.library { error.description } else { nil }
  }

  /// The name of OpenBLAS's kernels, such as `SkylakeX`.
  public static var processor: String { library.kernels }

  private static let library: OpenBLAS = {
    switch OpenBLAS.library {
    case .success(let library): library
    case .failure(let error): fatalError(error.description)
    }
  }()

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
    func transposition(_ matrix: Matrix) -> UInt32 { matrix.isTransposed ? OpenBLAS.transposed : OpenBLAS.plain }
    unsafe library.product(
      OpenBLAS.rowMajor, transposition(left), transposition(right),
      Int32(result.rows), Int32(result.columns), Int32(left.columns),
      1, left.buffer.pointer, Int32(max(1, left.stride)), right.buffer.pointer, Int32(max(1, right.stride)),
      adding ? 1 : 0, result.buffer.pointer, Int32(max(1, result.stride)))
  }
}
