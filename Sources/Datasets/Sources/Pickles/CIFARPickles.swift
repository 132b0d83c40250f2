import Tensors

/// CIFAR's Python batches: a dictionary with `data` (N, 3072), bytes, red, green and blue plane of each image, and
/// `labels` or, of CIFAR-100, `fine_labels` (www.cs.toronto.edu/~kriz/cifar.html).
enum CIFARPickles {
  /// Reads the images of files, one after the other.
  static func read(_ paths: [String], location: String) throws(DataError) -> MemorySource {
    var (samples, labels): ([UInt8], [Int32]) = ([], [])
    var classCount: Int?
    for path in paths {
      let (rows, classes, count) = try batch(path)
      guard classCount == nil || classCount == count else {
        throw DataError(path, "mixes CIFAR-10 and CIFAR-100 with \(paths[0])", remedy: "give the files of one data set")
      }
      classCount = count
      for record in stride(from: 0, to: rows.count, by: CIFARFiles.imageSize) {
        CIFARFiles.append(rows[record..<record + CIFARFiles.imageSize], to: &samples)
      }
      labels += classes
    }
    return MemorySource(
      location: location, shape: [32, 32, 3], samples: samples, labels: labels,
      classNames: try classNames(beside: paths[0], count: classCount!))
  }

  /// The files of a split in a folder with CIFAR's own file names; empty when there are none.
  static func batches(in folder: String, split: String) -> [String] {
    let ten = split == "train" ? (1...5).map { "data_batch_\($0)" } : ["test_batch"]
    let found = ten.map { "\(folder)/\($0)" }
    if found.contains(where: { Files.kind($0) == .file }) { return found }
    let hundred = "\(folder)/\(split)"
    return Files.kind("\(folder)/meta") == .file && Files.kind(hundred) == .file ? [hundred] : []
  }

  private static func batch(
    _ path: String
  ) throws(DataError) -> (rows: [UInt8], labels: [Int32], classCount: Int) {
    let batch = try PickleReader.read(path)
    guard let data = batch["data"]?.array, let stored = batch["labels"] ?? batch["fine_labels"] else {
      throw DataError(
        path, "is no batch of CIFAR: it has no 'data' with 'labels'",
        remedy: "give the folder of the batches with a split, such as cifar-10-batches-py:/train")
    }
    let count = batch["labels"] == nil ? 100 : 10
    guard data.type.name == "u1", !data.isFortran, data.shape.count == 2, data.shape[1] == CIFARFiles.imageSize,
      data.shape[0] > 0, data.bytes.count == data.shape[0] * CIFARFiles.imageSize
    else {
      throw DataError(
        path, "'data' has shape \(data.shape) of type '\(data.type.name)', but CIFAR's is (N, 3072) of 'u1'",
        remedy: "get the file again")
    }
    let labels = (stored.list ?? []).map(\.integer)
    guard labels.count == data.shape[0] else {
      throw DataError(
        path, "has \(labels.count) labels for \(data.shape[0]) images", remedy: "get the file again")
    }
    var classes: [Int32] = []
    for (record, label) in labels.enumerated() {
      guard let label, (0..<count).contains(label) else {
        throw DataError(
          path,
          "record \(record) has label \(label.map(String.init) ?? "none"), but CIFAR-\(count) has classes 0 to "
            + "\(count - 1)", remedy: "get the file again")
      }
      classes.append(Int32(label))
    }
    return (data.bytes, classes, count)
  }

  private static func classNames(beside path: String, count: Int) throws(DataError) -> [String] {
    let folder = path.lastIndex(of: "/").map { path[..<$0] } ?? "."
    let file = "\(folder)/\(count == 10 ? "batches.meta" : "meta")"
    guard Files.kind(file) == .file else { return [] }
    let names = try PickleReader.read(file)[count == 10 ? "label_names" : "fine_label_names"]?.list ?? []
    let texts = names.compactMap(\.text)
    guard texts.count == count else {
      throw DataError(
        file, "names \(texts.count) classes instead of \(count)", remedy: "get the file again or remove it")
    }
    return texts
  }
}
