import Datasets
import Foundation
import Tensors
import Testing

/// The same 20 samples in one of the forms in which data is read (Tests/Fixtures/sources): what holds of one holds of
/// all.
struct SourceTrial: CustomTestStringConvertible, Sendable {
  let name: String
  /// In the folder of the fixtures.
  let location: String
  /// The `data.columns`, as JSON, that find image and class.
  var columns = "{}"
  /// The same for the ages, the pairs of numbers and the patients; nil where the form holds only images and classes.
  var others: String?
  /// Whether it knows the names of the classes.
  var hasNames = false
  /// A file of it.
  let file: String
  /// Whether it is text, whose end may be missing.
  var isText = false
  /// Whether nothing says how many files there are.
  var mayLackFiles = false

  var testDescription: String { name }

  static let all = [
    SourceTrial(
      name: "CSV", location: "files/list.csv", others: separate, hasNames: true, file: "files/list.csv", isText: true),
    SourceTrial(
      name: "HDF5", location: "any.h5:/part",
      columns: """
        {"image": {"kind": "image", "from": "pictures", "dataFormat": "channels_first"},
         "label": {"kind": "category", "from": "classes"}}
        """, others: together, file: "any.h5"),
    SourceTrial(name: "packed npz", location: "packed.npz", others: together, file: "packed.npz"),
    SourceTrial(name: "npz of splits", location: "plain.npz:/train", others: together, file: "plain.npz"),
    SourceTrial(name: "folder of npy", location: "arrays", others: together, file: "arrays/images.npy"),
    SourceTrial(name: "file of images", location: "arrays/images.npy", others: together, file: "arrays/labels.npy"),
    SourceTrial(
      name: "Fortran order", location: "fortran/x_train.npy", others: together, file: "fortran/x_train.npy"),
    SourceTrial(
      name: "JSON lines", location: "files/list.jsonl", others: together, hasNames: true, file: "files/list.jsonl",
      isText: true),
    SourceTrial(
      name: "tar shards", location: "shards/part-{000000..000002}.tar", others: together,
      file: "shards/part-000001.tar"),
    SourceTrial(
      name: "tar shards of a folder", location: "shards", others: together, file: "shards/part-000002.tar",
      mayLackFiles: true),
    SourceTrial(
      name: "TFRecord", location: "pictures/1.0.0:/train", others: together, hasNames: true,
      file: "pictures/1.0.0/pictures-train.tfrecord-00001-of-00002"),
    SourceTrial(
      name: "TFRecord by a pattern", location: "pictures/*/pictures-train.tfrecord-?????-of-00002", others: together,
      hasNames: true, file: "pictures/1.0.0/pictures-train.tfrecord-00000-of-00002"),
    SourceTrial(
      name: "CIFAR-10 pickles", location: "cifar-10-batches-py:/train", hasNames: true,
      file: "cifar-10-batches-py/data_batch_2"),
    SourceTrial(
      name: "pickle of Python 3", location: "pickles/protocol4", file: "pickles/protocol4"),
  ]

  private static let together = #"{"ages": "numbers", "pairs": "numbers"}"#
  private static let separate = """
    {"ages": "numbers", "pairs": {"kind": "numbers", "from": ["first", "second"]}}
    """

  static let fixtures = ConvoyProcess.root.appending(path: "Tests/Fixtures/sources")

  static let classes = [
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
  ]

  /// The bytes of all images, as NumPy wrote them.
  static func images() throws -> [UInt8] {
    Array(try Data(contentsOf: fixtures.appending(path: "arrays/images.npy")).suffix(20 * 3072))
  }

  /// Opens it in a folder of fixtures.
  func open(
    in folder: String = fixtures.path, classes: Int? = nil, memoryLimit: Int? = nil, withOthers: Bool = false
  ) throws -> any DataSource {
    var options = SourceOptions(classes: classes, memoryLimit: memoryLimit)
    options.columns = try choices(columns)
    if withOthers, let others { options.columns.merge(try choices(others)) { $1 } }
    return try openSource("\(folder)/\(location)", options)
  }

  private func choices(_ text: String) throws -> [String: ColumnChoice] {
    try JSONDecoder().decode([String: ColumnChoice].self, from: Data(text.utf8))
  }

  /// A folder with a copy of the fixtures and `a.yaml`.
  func prepare() throws -> ConvoyProcess {
    let convoy = try ConvoyProcess()
    try FileManager.default.copyItem(atPath: SourceTrial.fixtures.path, toPath: convoy.path("data"))
    try convoy.write(
      "a.yaml",
      """
      model: {input: [32, 32, 3], layers: [Flatten, Dense: {units: 10, activation: softmax}]}
      data: {train: "data/\(location)", columns: \(columns.replacing("\n", with: " "))}
      batch: 8
      shards: 2
      epochs: 2
      threads: 1

      """)
    return convoy
  }
}
