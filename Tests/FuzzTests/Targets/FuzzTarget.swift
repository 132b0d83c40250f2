import Foundation

/// A reader of files that others have made, fed with any bytes at all.
///
/// `read` may refuse them. Whatever else it does is a finding: a trap, a crash of a library, more memory or time than
/// the limits of `launch/fuzz` allow.
package enum FuzzTarget: String, CaseIterable, Sendable {
  /// Models, weights and checkpoints in HDF5 (format, architecture, arrays, seal), and data sets, row by row.
  case hdf5
  /// JPEG, PNG, WebP, GIF, BMP, TIFF and PNM.
  case images
  case idx
  case cifar
  /// CIFAR's Python batches.
  case pickles
  /// NumPy's arrays, images and labels.
  case arrays
  /// Tar archives of samples.
  case shards
  /// TFRecord files.
  case records
  /// Lists of samples as JSON lines.
  case lists
  /// Configurations.
  case yaml
  /// Archives of Keras and safetensors.
  case archives

  /// Reads the bytes as a file of this kind would be read.
  package func read(_ bytes: [UInt8], in folder: FuzzFolder) {
    switch self {
    case .hdf5:
      folder.with("model.h5", ModelReading.repaired(bytes, in: folder)) {
        ModelReading.read($0)
        SampleReading.read("\($0):/train")
      }
    case .images: folder.with("class/image.jpg", ImageReading.repaired(bytes)) { _ in ImageReading.read(folder.path) }
    case .idx: folder.withPair("train-images-idx3-ubyte", "train-labels-idx1-ubyte", bytes) { SampleReading.read($0) }
    case .cifar: folder.with("data_batch_1.bin", bytes) { SampleReading.read($0) }
    case .pickles: folder.with("data_batch_1", bytes) { SampleReading.read($0) }
    case .arrays: folder.withPair("images.npy", "labels.npy", bytes) { SampleReading.read($0) }
    case .shards: folder.with("part.tar", ShardReading.repairedTar(bytes)) { SampleReading.read($0) }
    case .records: folder.with("part.tfrecord", ShardReading.repairedRecords(bytes)) { SampleReading.read($0) }
    case .lists: folder.with("list.jsonl", bytes) { SampleReading.read($0) }
    case .yaml: folder.with("recipe.yaml", bytes) { ConfigurationReading.read($0, in: folder.path) }
    case .archives: folder.with("model.keras", bytes) { ModelReading.read($0) }
    }
  }
}
