import Foundation
import TemporaryFiles
import Training

/// A file that a command writes, whole or not at all.
enum OutputFile {
  static func write(_ bytes: [UInt8], to path: String) throws(TrainingError) {
    do {
      let temporary = TemporaryFile(for: path)
      try Data(bytes).write(to: URL(fileURLWithPath: temporary.path))
      guard temporary.take(path) else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    } catch {
      throw TrainingError(
        .data, "\(path) cannot be written (\(error.localizedDescription)); check the permissions and the space left.")
    }
  }
}
