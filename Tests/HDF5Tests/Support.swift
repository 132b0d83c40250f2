import Foundation
import HDF5
import Testing

/// A file that h5py wrote: Tests/Fixtures/hdf5/make.py.
func fixture(_ name: String) -> String {
  URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Fixtures/hdf5/\(name)").standardized.path()
}

/// Calls `body` with a path for a new file in a folder that is removed afterwards.
func withTemporaryFile(_ body: (_ path: String) throws -> Void) throws {
  let folder = FileManager.default.temporaryDirectory.appending(path: "convoy-hdf5-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  try body(folder.appending(path: "file.h5").path())
}

/// The sentence of the error that `body` throws, without the file's path.
func problem<Result>(_ body: () throws -> Result) -> String {
  do {
    _ = try body()
    return "nothing was thrown"
  } catch let error as HDF5Error {
    #expect(error.description.hasPrefix(error.file + ": ") && error.description.hasSuffix("."))
    return error.problem
  } catch {
    return "another error: \(error)"
  }
}
