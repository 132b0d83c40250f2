import Kernels
import Tensors
import Testing

@Suite struct GEMMTests {
  static let shapes = [(1, 1, 1), (3, 5, 2), (16, 1, 40), (7, 33, 19), (64, 48, 65)]

  @Test(arguments: shapes, [false, true])
  func productsAgreeWithPlainLoops(shape: (Int, Int, Int), adding: Bool) {
    let (rows, columns, inner) = shape
    for (leftTransposed, rightTransposed) in [(false, false), (true, false), (false, true), (true, true)] {
      var stream = RandomStream(seed: 1, purpose: .synthesis)
      func random(_ rows: Int, _ columns: Int, transposed: Bool) -> Matrix {
        let (storedRows, storedColumns) = transposed ? (columns, rows) : (rows, columns)
        let stride = storedColumns + 3
        let buffer = Buffer(count: (storedRows - 1) * stride + storedColumns)
        for index in 0..<buffer.count { buffer[index] = stream.uniform() - 0.5 }
        let matrix = Matrix(buffer, rows: storedRows, columns: storedColumns, stride: stride)
        return transposed ? matrix.transposed : matrix
      }
      let left = random(rows, inner, transposed: leftTransposed)
      let right = random(inner, columns, transposed: rightTransposed)
      let stride = columns + 2
      let storage = Buffer(count: (rows - 1) * stride + columns + 1)
      storage.fill(adding ? 1 : .nan)
      let result = Matrix(storage[0..<storage.count - 1], rows: rows, columns: columns, stride: stride)
      GEMM.multiply(left, right, into: result, adding: adding)
      for row in 0..<rows {
        for column in 0..<columns {
          var sum = adding ? 1.0 : 0.0
          for index in 0..<inner { sum += Double(left[row, index]) * Double(right[index, column]) }
          #expect(abs(Double(result[row, column]) - sum) < 1e-5)
        }
        // The columns beyond the matrix are someone else's.
        let next = storage[row * stride + columns]
        #expect(adding ? next == 1 : next.isNaN)
      }
    }
  }

  @Test func anEmptyInnerDimensionGivesZero() {
    let result = Buffer([.nan, .nan])
    GEMM.multiply(
      Matrix(.empty, rows: 2, columns: 0), Matrix(.empty, rows: 0, columns: 1),
      into: Matrix(result, rows: 2, columns: 1))
    #expect(result.values == [0, 0])
  }
}

extension Matrix {
  fileprivate subscript(row: Int, column: Int) -> Float {
    isTransposed ? buffer[column * stride + row] : buffer[row * stride + column]
  }
}
