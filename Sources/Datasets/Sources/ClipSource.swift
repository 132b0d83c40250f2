import Tensors

/// Clips: folders of frames, of which as many are read as the network takes, spread evenly over the clip.
///
/// Of n frames, frame i of T is the one at i * n / T, rounded down: all of them where n is T.
struct ClipSource: DataSource {
  let location: String
  let columns: [Column]
  let notices: [String]
  private let clips: [(path: String, frames: [String], label: Int32)]
  private let target: ImageDecoder.Target

  /// - Parameter shape: (T, H, W, C), of grey or RGB frames.
  init(_ folder: String, shape: Shape, _ options: SourceOptions) throws(DataError) {
    let sizes = shape.dimensions
    guard sizes.count == 4, [1, 3].contains(sizes[3]) else {
      throw DataError(
        folder, "holds frames, grey or RGB, but samples of shape \(shape) are wanted",
        remedy: "give a network whose input is (frames, height, width, 1) or (frames, height, width, 3)")
    }
    let found = try ClipFolders(folder, known: options.classNames)
    if let short = found.clips.first(where: { $0.frames.count < sizes[0] }) {
      throw DataError(
        short.path, "has \(short.frames.count) frames, but the network takes \(sizes[0])",
        remedy: "remove the clip, or give a network that takes fewer")
    }
    (location, clips, notices) = (folder, found.clips, [found.notice].compactMap(\.self))
    let numbers = try ImageRule.numbers(of: clips.flatMap { $0.frames.map(StoredFile.init) })
    columns = [.image(shape, numbers.element), .label(found.classNames)]
    target = ImageDecoder.Target(
      shape: Shape(sizes[1], sizes[2], sizes[3]), numbers: numbers, resize: options.resize, decoding: options.decoding)
  }

  var count: Int { clips.count }

  func name(of index: Int) -> String? { clips[index].path }

  func number(_ place: Int, of column: Int, at index: Int) -> Double {
    precondition(column == 1, "pictures are read")
    return Double(clips[index].label)
  }

  /// The frames of a sample.
  private func frames(_ index: Int) -> [String] {
    let (all, count) = (clips[index].frames, columns[0].shape.dimensions[0])
    return (0..<count).map { all[$0 * all.count / count] }
  }

  func stored(_ index: Int) throws(DataError) -> StoredSample {
    var (size, modified) = (0, 0)
    for frame in frames(index) {
      let stamp = try Files.stamp(frame)
      (size, modified) = (size + stamp.size, max(modified, stamp.modified))
    }
    return StoredSample(
      name: String(clips[index].path.dropFirst(location.count + 1)), size: size, modified: modified)
  }

  func storedBytes(_ index: Int) throws(DataError) -> [UInt8] {
    var bytes: [UInt8] = []
    for frame in frames(index) { bytes += try Files.bytes(frame) }
    return bytes
  }

  func read(_ index: Int, epoch: Int, _ wanted: ColumnSet, into sample: inout Sample) throws(DataError) {
    if wanted.contains(0) {
      var frame = [UInt8](repeating: 0, count: target.shape.count * columns[0].element.size)
      var all: [UInt8] = []
      all.reserveCapacity(columns[0].size)
      for path in frames(index) {
        var span = frame.mutableSpan
        var bytes = unsafe span.mutableBytes
        _ = try ImageDecoder.read(path, as: target, into: &bytes)
        all += frame
      }
      sample.write(0, all)
    }
    if wanted.contains(1) { sample[1, 0] = Float(clips[index].label) }
  }
}
