import Archives
import Foundation
import Testing

/// Inputs that the fuzz targets start from, and their finds (Corpus/TARGET.zip): none of it may crash, take long or
/// take much memory.
struct ReplayTests {
  @Test(.timeLimit(.minutes(1)), arguments: FuzzTarget.allCases) func nothingCrashes(_ target: FuzzTarget) throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Corpus")
    let archive = try ZipArchive(reading: folder.appending(path: "\(target.rawValue).zip").path)
    #expect(archive.entries.count >= 2)
    let place = try FuzzFolder()
    for entry in archive.entries { target.read(try archive.read(entry, limit: 1 << 20), in: place) }
  }
}
