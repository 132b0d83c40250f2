import Tensors

/// CIFAR's binary format: records of one label byte (CIFAR-100: coarse, then fine) and a 32x32 image, red plane, green
/// plane, blue plane (www.cs.toronto.edu/~kriz/cifar.html).
enum CIFARFiles {
  static let imageSize = 3072

  /// Reads the records of files, one after the other.
  static func read(_ paths: [String], location: String) throws(DataError) -> MemorySource {
    let labelSize = try labelSize(paths[0])
    let classCount = labelSize == 1 ? 10 : 100
    var (samples, labels): ([UInt8], [Int32]) = ([], [])
    for path in paths {
      guard try self.labelSize(path) == labelSize else {
        throw DataError(path, "mixes CIFAR-10 and CIFAR-100 with \(paths[0])", remedy: "give the files of one data set")
      }
      let file = try Files.bytes(path)
      for record in stride(from: 0, to: file.count, by: labelSize + imageSize) {
        let label = file[record + labelSize - 1]
        guard label < classCount else {
          throw DataError(
            path,
            "record \(labels.count) has label \(label), but CIFAR-\(classCount) has classes 0 to \(classCount - 1)",
            remedy: "get the file again")
        }
        labels.append(Int32(label))
        append(file[record + labelSize..<record + labelSize + imageSize], to: &samples)
      }
    }
    return MemorySource(
      location: location, shape: [32, 32, 3], samples: samples, labels: labels,
      classNames: try classNames(beside: paths[0], count: classCount))
  }

  /// Adds an image of three planes with its channels last.
  static func append(_ planes: ArraySlice<UInt8>, to samples: inout [UInt8]) {
    for pixel in planes.startIndex..<planes.startIndex + 1024 {
      samples.append(planes[pixel])
      samples.append(planes[pixel + 1024])
      samples.append(planes[pixel + 2048])
    }
  }

  /// Whether a file has the name and the size of CIFAR's.
  static func isBatch(_ path: String) -> Bool {
    guard path.hasSuffix(".bin"), let size = try? Files.size(path) else { return false }
    return size > 0 && (size % (imageSize + 1) == 0 || size % (imageSize + 2) == 0)
  }

  /// The files of a split in a folder with CIFAR's own file names; empty when there are none.
  static func batches(in folder: String, split: String) -> [String] {
    let ten = split == "train" ? (1...5).map { "data_batch_\($0).bin" } : ["test_batch.bin"]
    let found = ten.map { "\(folder)/\($0)" }
    if found.contains(where: { Files.kind($0) == .file }) { return found }
    let hundred = "\(folder)/\(split).bin"
    return Files.kind(hundred) == .file ? [hundred] : []
  }

  /// Label bytes of a record, by the size of the file.
  private static func labelSize(_ path: String) throws(DataError) -> Int {
    let size = try Files.size(path)
    for labelSize in [1, 2] where size > 0 && size % (labelSize + imageSize) == 0 { return labelSize }
    throw DataError(
      path, "its \(size) bytes are not a whole number of CIFAR records of 3,073 (CIFAR-10) or 3,074 (CIFAR-100) bytes",
      remedy: "get the file again")
  }

  private static func classNames(beside path: String, count: Int) throws(DataError) -> [String] {
    let folder = path.lastIndex(of: "/").map { path[..<$0] } ?? "."
    let file = "\(folder)/\(count == 10 ? "batches.meta.txt" : "fine_label_names.txt")"
    guard Files.kind(file) == .file else { return [] }
    let names = String(decoding: try Files.bytes(file), as: UTF8.self).split(whereSeparator: \.isNewline).map(
      String.init)
    guard names.count == count else {
      throw DataError(
        file, "names \(names.count) classes instead of \(count)", remedy: "get the file again or remove it")
    }
    return names
  }
}
