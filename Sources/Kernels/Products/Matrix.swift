public import Tensors

/// A row-major matrix in a buffer, or its transpose: what `GEMM` multiplies. Element (i, j) lies at `i * stride + j` of
/// the buffer, or at `j * stride + i` when transposed.
public struct Matrix: Sendable {
  public let buffer: Buffer
  public let rows: Int, columns: Int
  /// Floats from one stored row to the next (the leading dimension of BLAS).
  public let stride: Int
  public let isTransposed: Bool

  /// - Parameters:
  ///   - stride: floats from one row to the next; the columns when nil.
  public init(_ buffer: Buffer, rows: Int, columns: Int, stride: Int? = nil) {
    let stride = stride ?? columns
    precondition(
      rows >= 0 && columns >= 0 && stride >= columns, "rows of \(columns) floats overlap at a stride of \(stride)")
    precondition(
      rows == 0 || (rows - 1) * stride + columns <= buffer.count,
      "a matrix of \(rows) x \(columns) at stride \(stride) needs more than \(buffer.count) floats")
    self.init(buffer: buffer, rows: rows, columns: columns, stride: stride, isTransposed: false)
  }

  private init(buffer: Buffer, rows: Int, columns: Int, stride: Int, isTransposed: Bool) {
    (self.buffer, self.rows, self.columns) = (buffer, rows, columns)
    (self.stride, self.isTransposed) = (stride, isTransposed)
  }

  /// The same floats with rows and columns exchanged.
  public var transposed: Matrix {
    Matrix(buffer: buffer, rows: columns, columns: rows, stride: stride, isTransposed: !isTransposed)
  }
}
