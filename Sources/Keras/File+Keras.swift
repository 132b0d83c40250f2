import Foundation
import HDF5

extension File {
  /// Opens a Keras HDF5 file to read it, and says so where it is one of Keras's other formats.
  convenience init(keras path: String) throws(KerasError) {
    let isFolder = FileManager.default.fileExists(atPath: path + "/config.json")
    let start = try? FileHandle(forReadingFrom: URL(filePath: path)).read(upToCount: 4)
    guard !isFolder, start != Data([0x50, 0x4B, 0x03, 0x04]) else {
      throw KerasError(
        file: path,
        "this is a Keras 3 archive, which is not supported; save the model with model.save('NAME.h5').")
    }
    do { try self.init(reading: path) } catch { throw KerasError(error) }
  }
}
