import CHDF5
import CZlib
import Synchronization

/// Decompresses the compressed chunks of a dataset before the library does, each of them once.
///
/// The library takes whatever comes out for a whole chunk, and reads beyond it where it is shorter (HDF5 1.10.8,
/// `H5D__chunk_lock`); and it takes as much memory as comes out. All else about chunks is known before the file is
/// opened (`StructureCheck`).
final class ChunkCheck: Sendable {
  private let chunk: [Int]
  private let chunkBytes: Int
  /// In the order in which they are applied to a chunk that is written.
  private let filters: [Int32]
  private let checked = Mutex<Set<Int>>([])

  init(chunk: [Int], bytes: Int, filters: [Int32]) {
    (self.chunk, chunkBytes, self.filters) = (chunk, bytes, filters)
  }

  /// Looks at the chunks that hold some rows.
  func require(_ rows: Range<Int>, of shape: [Int], in dataset: Handle) throws(LibraryFailure) {
    guard ChunkCheck.isCompressed(filters), !rows.isEmpty, !shape.contains(0) else { return }
    let counts = zip(shape, chunk).map { ($0 + $1 - 1) / $1 }
    let rest = counts.dropFirst().reduce(1, *)
    for number in rows.lowerBound / chunk[0] * rest..<((rows.upperBound - 1) / chunk[0] + 1) * rest {
      if checked.withLock({ $0.contains(number) }) { continue }
      var (place, left) = ([hsize_t](), number)
      for axis in counts.indices.reversed() {
        place.append(hsize_t(left % counts[axis] * chunk[axis]))
        left /= counts[axis]
      }
      try require(place.reversed(), in: dataset)
      checked.withLock { _ = $0.insert(number) }
    }
  }

  private func require(_ place: [hsize_t], in dataset: Handle) throws(LibraryFailure) {
    var (size, mask): (hsize_t, UInt32) = (0, 0)
    try Library.call { unsafe H5Dget_chunk_storage_size($0[dataset], place, &size) }
    // Nothing was ever written there.
    guard size > 0 else { return }
    var stored = [UInt8](repeating: 0, count: Int(size))
    try Library.call { unsafe H5Dread_chunk($0[dataset], CHDF5_default(), place, &mask, &stored) }
    let used = filters.indices.filter { mask >> UInt32($0) & 1 == 0 }.map { filters[$0] }
    guard ChunkCheck.isCompressed(used) else { return }
    // The checksum is the library's to compare.
    if used.contains(Int32(H5Z_FILTER_FLETCHER32)) { stored.removeLast(4) }
    let isWhole = used.contains(LZF.filter) ? LZF.count(of: stored) == chunkBytes : inflatesToChunk(stored)
    guard isWhole else {
      throw LibraryFailure(stack: ["the chunk at \(place) does not decompress to \(chunkBytes) bytes"])
    }
  }

  private static func isCompressed(_ filters: [Int32]) -> Bool {
    filters.contains(Int32(H5Z_FILTER_DEFLATE)) || filters.contains(LZF.filter)
  }

  private func inflatesToChunk(_ stored: [UInt8]) -> Bool {
    var count = uLongf(chunkBytes)
    let code = unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: chunkBytes) {
      unsafe uncompress($0.baseAddress, &count, stored, uLong(stored.count))
    }
    return code == Z_OK && Int(count) == chunkBytes
  }
}
