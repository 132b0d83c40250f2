import Foundation
import HDF5
import Networks

/// The files of `model.save_weights("NAME.weights.json")`: an index that names, for each group of variables, the HDF5
/// files beside it that hold them.
///
///     {"metadata": {"total_size": 7828}, "weight_map": {"/layers/conv2d/vars": ["NAME_00000.weights.h5"], ...}}
struct ShardedFiles {
  let index: String
  let files: [File]

  private static let mostBytes = 64 << 20
  private static let mostFiles = 10_000

  init(index path: String) throws(KerasError) {
    let size = (try? URL(filePath: path).resourceValues(forKeys: [.fileSizeKey]).fileSize) ?? 0
    guard size <= ShardedFiles.mostBytes, let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw KerasError(file: path, "it cannot be read as text of at most 64 MiB; save the weights again.")
    }
    let map = try KerasError.catching(file: path) { () throws(ImportError) in
      try JSONValue(parsing: text, called: "the index")["weight_map"].asObject
    }
    guard let map, !map.isEmpty else {
      throw KerasError(
        file: path, "this is JSON without a 'weight_map', so it is not the index of Keras's weights; give another file."
      )
    }
    // Keras 3 writes a list of names; one name alone is read too.
    let names = Set(map.values.flatMap { ($0.asArray ?? [$0]).map { $0.asString ?? "" } }).sorted()
    // Nothing but a file beside the index.
    guard names.count <= ShardedFiles.mostFiles,
      names.allSatisfy({ $0.hasSuffix(".h5") && !$0.contains("/") && !$0.contains("\\") })
    else {
      throw KerasError(
        file: path, "its weight_map names \(names.brief), but must name HDF5 files beside it; save the weights again.")
    }
    let folder = URL(filePath: path).deletingLastPathComponent()
    var files: [File] = []
    for name in names { files.append(try File(keras: folder.appending(path: name).path)) }
    (index, self.files) = (path, files)
  }
}
