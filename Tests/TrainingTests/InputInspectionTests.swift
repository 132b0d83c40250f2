import Datasets
import Tensors
import Testing
import Training

/// Notices about images that were scaled before, or whose blue and red are exchanged.
@Suite struct InputInspectionTests {
  /// Pixels alike in all samples.
  private struct Plain: DataSource {
    let count: Int
    let isOfFiles: Bool
    let value: @Sendable (_ channel: Int) -> UInt8
    let location = "memory"
    let columns = [Column.image([2, 2, 3]), .label()]
    func number(_ place: Int, of column: Int, at index: Int) -> Double { 0 }
    func name(of index: Int) -> String? { isOfFiles ? "\(index).png" : nil }
    func read(_ index: Int, epoch: Int, _ wanted: ColumnSet, into sample: inout Sample) throws(DataError) {
      for byte in 0..<12 { sample[0, byte] = Float(value(byte % 3)) }
    }
  }

  private func notices(
    _ count: Int, isOfFiles: Bool = false, preparing preprocessing: Preprocessing = Preprocessing(),
    _ value: @escaping @Sendable (_ channel: Int) -> UInt8
  ) -> [String] {
    InputInspection(Plain(count: count, isOfFiles: isOfFiles, value: value), preprocessing).notices
  }

  @Test func scaledBefore() {
    let dark: @Sendable (Int) -> UInt8 = { UInt8(1 - $0 / 2) }
    #expect(
      notices(4, dark) == [
        "the images of memory hold numbers from 0.0 to 1.0, as if they were scaled already, but 'preprocessing.scale' "
          + "\(1 / 255.0) is for 0 to 255: store them as bytes, or give another 'preprocessing'."
      ])
    #expect(
      notices(4, preparing: Preprocessing(mode: .tf), dark).first?.contains(
        "but 'preprocessing.mode' tf is for 0 to 255") == true)
    #expect(notices(4, preparing: Preprocessing(scale: 1), dark).isEmpty)
  }

  @Test func blueInsteadOfRed() {
    let blue: @Sendable (Int) -> UInt8 = { UInt8(60 + 60 * $0) }
    #expect(
      notices(1, blue).first?.contains("(means 60, 120, 180), as if their channels were in the order BGR") == true)
    #expect(notices(16) { UInt8(180 - 60 * $0) }.isEmpty)
    // A few files may well be of the sky.
    #expect(notices(15, isOfFiles: true, blue).isEmpty && notices(16, isOfFiles: true, blue).count == 1)
  }
}
