import Tensors

/// MNIST's IDX format, plain or gzip: two zero bytes, the element type, the number of axes, the axes as big-endian
/// 32-bit numbers, the elements row-major (yann.lecun.com/exdb/mnist).
enum IDXFile {
  /// Reads images of bytes, (N, H, W) or (N, H, W, C), and the labels of the file beside them.
  ///
  /// - Parameter path: the images, such as `train-images-idx3-ubyte.gz`; the labels are found by name, `labels` for
  ///   `images` and `idx1` for `idx3`.
  static func read(_ path: String) throws(DataError) -> MemorySource {
    let labelsPath = try labelsPath(for: path)
    let (axes, samples) = try contents(path, allowedAxes: 3...4)
    let (labelAxes, labels) = try contents(labelsPath, allowedAxes: 1...1)
    guard axes[0] == labelAxes[0] else {
      throw DataError(
        labelsPath, "has \(labelAxes[0]) labels for the \(axes[0]) images of \(path)",
        remedy: "give the two files of one data set")
    }
    return MemorySource(
      location: path, shape: Shape(axes[1...] + (axes.count == 3 ? [1] : [])), samples: samples,
      labels: labels.map(Int32.init))
  }

  /// Whether a file begins as an IDX file of images of bytes.
  static func isImages(_ path: String) throws(DataError) -> Bool {
    let start = try GzipFile(path).read(4)
    return start[0] == 0 && start[1] == 0 && start[2] == 8 && (3...4).contains(start[3])
  }

  /// The images of a split in a folder with MNIST's own file names; nil when there are none.
  static func images(in folder: String, split: String) -> String? {
    let prefix = split == "train" ? "train" : "t10k"
    return ["images-idx3-ubyte", "images.idx3-ubyte"]
      .flatMap { ["\(folder)/\(prefix)-\($0)", "\(folder)/\(prefix)-\($0).gz"] }
      .first { Files.kind($0) == .file }
  }

  private static func labelsPath(for path: String) throws(DataError) -> String {
    let slash = path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex
    let name = path[slash...].replacing("images", with: "labels").replacing("idx3", with: "idx1")
    let plain = path[..<slash] + (name.hasSuffix(".gz") ? name.dropLast(3) : name[...])
    let candidates = [String(plain), plain + ".gz"]
    guard let found = candidates.first(where: { $0 != path && Files.kind($0) == .file }) else {
      throw DataError(
        path, "the file of labels, \(candidates[0]) or \(candidates[1]), does not exist",
        remedy: "put it beside the images")
    }
    return found
  }

  private static func contents(
    _ path: String, allowedAxes: ClosedRange<Int>
  ) throws(DataError) -> (axes: [Int], bytes: [UInt8]) {
    let file = try GzipFile(path)
    let start = try file.read(4)
    guard start[0] == 0, start[1] == 0, start[2] == 8, allowedAxes.contains(Int(start[3])) else {
      throw DataError(
        path, "does not begin as an IDX file of bytes with \(allowedAxes.lowerBound) axes",
        remedy: "give an IDX file such as MNIST's")
    }
    let header = try file.read(4 * Int(start[3]))
    let axes = stride(from: 0, to: header.count, by: 4).map { offset in
      header[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
    }
    // Deflate shrinks by at most 1,032: a header that claims more is wrong, whatever it claims.
    let limit = try Files.size(path).multipliedReportingOverflow(by: 1032).partialValue
    var size = 1
    for axis in axes {
      size = size.multipliedReportingOverflow(by: axis).partialValue
      guard axis > 0, size > 0, size <= limit else {
        throw DataError(path, "its header says \(axes), which the file cannot hold", remedy: "get the file again")
      }
    }
    let bytes = try file.read(size)
    try file.expectEnd()
    return (axes, bytes)
  }
}
