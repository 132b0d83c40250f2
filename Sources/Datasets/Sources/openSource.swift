import FileKinds
import HDF5
import Tensors

/// Opens data by its location, `PATH` or `PATH:/GROUP`; what it is shows from what is there:
///
/// - an HDF5 file, `digits.h5:/train`: a group with `images` (N, H, W, C), bytes or floats, and `labels` (N);
/// - NumPy's arrays, `digits.npz`, `mnist.npz:/train` or a folder of `.npy` files (`NumPyArrays`);
/// - MNIST's IDX files, plain or gzip: the file of images, or the folder and a split, `mnist:/train`;
/// - CIFAR's files, binary or pickled: one of them, or the folder and a split, `cifar-10-batches-bin:/test`;
/// - a list of samples, `samples.csv` or `samples.jsonl`, with a column of paths of images (`SampleList`);
/// - tar archives of samples, `part-{000..003}.tar` (`TarShards`), and TFRecord files, `flowers:/train` (`TFRecords`);
/// - a folder with folders of images and of their masks, where columns are of such (`MaskFolder`);
/// - a folder with one folder of images for each class: `cats/train` or `cats:/train`;
/// - the same with a folder of frames for each clip, where the network takes (frames, height, width, channels);
/// - `own:NAME`: a source that the program has registered (`SourceRegistry`);
/// - `synthetic:1024`: so many random samples of what the network takes.
///
/// Behind any of them, `[:10%]`, `[10%:25%]` or `[1000:]` takes a part of its samples in their order.
///
/// Small data is kept in memory. Labels and shapes are checked here; an image file is checked when it is read.
public func openSource(_ location: String, _ options: SourceOptions = SourceOptions()) throws(DataError)
  -> any DataSource
{
  var source = try recognize(location, options)
  let shapes = try shapes(of: source, options)
  if !shapes.isEmpty { source = ResizedSource(source, shapes: shapes) }
  if let classes = options.classes {
    let names = source.classNames
    guard names.isEmpty || names.count == classes else {
      throw DataError(
        location, "has \(names.count) classes, but the network has \(classes)",
        remedy: "give the network as many outputs as there are classes")
    }
    try source.checkLabels(classes: classes)
  }
  let (size, overflow) = source.count.multipliedReportingOverflow(by: source.pictureSize)
  return isInMemory(source) || source.changesWithEpochs || overflow || size > options.memoryLimit
    ? source : CachedSource(source)
}

/// Whether a source has nothing to read.
private func isInMemory(_ source: any DataSource) -> Bool {
  switch source {
  case is MemorySource: true
  case let source as SubsetSource: isInMemory(source.base)
  case let source as GroupedSource: isInMemory(source.base)
  default: false
  }
}

/// The sizes that images are resized to, by the positions of their columns.
private func shapes(of source: any DataSource, _ options: SourceOptions) throws(DataError) -> [Int: Shape] {
  var shapes: [Int: Shape] = [:]
  for (position, column) in source.columns.enumerated() where column.kind == .image {
    let isInput = options.inputs.contains { $0.column == column.name }
    let usual = position == 0 ? options.shape ?? resizedShape(source, options) : nil
    guard let shape = isInput ? options.imageShape(of: column.name) : usual, shape != column.shape else { continue }
    let resizable =
      column.element == .byte && column.shape.rank == 3 && shape.rank == 3 && column.shape.channels == shape.channels
    guard resizable && options.resize else {
      throw DataError(
        source.location,
        "its \(position == 0 ? "samples" : "images '\(column.name)'") have shape \(column.shape), but \(shape) is "
          + "wanted",
        remedy: AxisOrder.remedy(column.shape, wanted: shape)
          ?? (resizable ? "change the network's input or set resize: true" : "change the network's input or the data"))
    }
    shapes[position] = shape
  }
  return shapes
}

/// What nobody has asked for, but the network was made for; nil where samples are not resized.
private func resizedShape(_ source: any DataSource, _ options: SourceOptions) -> Shape? {
  guard options.resize, source.hasImage, let shape = options.usualShape, source.element == .byte,
    source.shape.rank == 3, shape.rank == 3
  else {
    return nil
  }
  return shape.with(channels: source.shape.channels)
}

private func recognize(_ location: String, _ options: SourceOptions) throws(DataError) -> any DataSource {
  if Files.kind(location) == nil, let (base, slice) = try SampleSlice.split(location) {
    let whole = try recognize(base, options)
    let range = try slice.range(of: whole.count, location)
    return SubsetSource(whole, named: slice.text, indices: range.map(UInt32.init))
  }
  if let own = try SourceRegistry.open(location, options) { return own }
  let source = try source(of: find(location, options), options)
  if let group = options.group, source.group(of: 0) == nil {
    throw DataError(
      location, "has no column '\(group)' to group by: lists, shards, records and arrays have such",
      remedy: "remove 'data.split.group', or list the samples in a file")
  }
  if let name = options.columns.keys.sorted().first(where: { name in !source.columns.contains { $0.name == name } }) {
    throw DataError(
      location,
      "cannot have the column '\(name)': columns are of arrays, lists, shards, records and folders of images or masks",
      remedy: "remove 'data.columns' or give other data")
  }
  return source
}

private func source(of found: FoundData, _ options: SourceOptions) throws(DataError) -> any DataSource {
  switch found {
  case .table(let table): try SampleList.read(table, options)
  case .arrays(let group): try arrays(group, options)
  case .pictures(let path): try MaskFolder.read(path, options)
  case .classes(let path): try imageFolder(path, options)
  case .source(let source): source
  }
}

/// Recognizes what a location holds.
func find(_ location: String, _ options: SourceOptions) throws(DataError) -> FoundData {
  if location.hasPrefix("synthetic:") { return .source(try synthetic(location, options)) }
  var (path, split) = (location, String?.none)
  if let separator = location.ranges(of: ":/").last {
    (path, split) = (String(location[..<separator.lowerBound]), String(location[separator.upperBound...]))
  }
  switch Files.kind(path) {
  case nil:
    if ShardFiles.isPattern(location) { return .table(try shards(ShardFiles.matching(location), location)) }
    throw DataError(path, "does not exist", remedy: "correct the path of the data")
  case .folder:
    return try folder(path, split: split, location, options)
  case .file:
    let kind = FileKind(at: path)
    if split == nil, kind != .empty {
      if path.lowercased().hasSuffix(".csv") { return .table(try CommaSeparatedTable(path).table) }
      if path.lowercased().hasSuffix(".jsonl") { return .table(try JSONLines.read(path)) }
      if kind == .tar || ShardFiles.isShard(path) { return .table(try shards([path], location)) }
    }
    // MATLAB's HDF5 has its axes the other way round.
    if kind == .matlab73 { throw DataError(path, .matlab73, for: .data) }
    if File.isHDF5(path) {
      return .arrays(try HDF5Arrays(path, group: "/" + (split ?? "")))
    }
    if kind == .numpyArchive { return .arrays(try NumPyArrays(archive: path, split: split)) }
    let isPacked = kind == .gzip && !path.hasSuffix(".tar.gz") && !path.hasSuffix(".tgz")
    if let kind, ![.idx, .numpy, .cifarPickle].contains(kind), !isPacked, !CIFARFiles.isBatch(path) {
      throw DataError(path, kind, for: .data)
    }
    guard split == nil else {
      throw DataError(
        location, "\(path) has no groups, it is not an HDF5 file", remedy: "leave out what follows the file name")
    }
    if kind == .numpy { return .arrays(try NumPyArrays(images: path)) }
    if kind == .cifarPickle { return .source(try CIFARPickles.read([path], location: location)) }
    if CIFARFiles.isBatch(path) { return .source(try CIFARFiles.read([path], location: location)) }
    if try IDXFile.isImages(path) { return .source(try IDXFile.read(path)) }
    if let kind { throw DataError(path, kind, for: .data) }
    throw DataError(
      path, "is neither HDF5 nor an IDX file of images nor a CIFAR batch, or it is truncated",
      remedy: "give data in one of these formats or a folder of images, or get the file again")
  }
}

/// Arrays, in memory where there is room for them.
private func arrays(_ group: some ArrayGroup, _ options: SourceOptions) throws(DataError) -> any DataSource {
  let source = try ArraySource(group, options)
  let isSmall = [source.count, source.pictureSize].saturatedProduct <= options.memoryLimit
  let samples: any DataSource = isSmall ? try source.inMemory() : source
  guard let name = options.group else { return samples }
  return GroupedSource(samples, groups: try ArrayColumns(group).groups(name, count: source.count))
}

/// Samples of tar archives or TFRecord files.
private func shards(_ paths: [String], _ location: String) throws(DataError) -> SampleTable {
  for path in paths {
    let kind = FileKind(at: path)
    if let kind, kind != .tar, kind != .tfRecord, !ShardFiles.isRecords(path) || [.gzip, .empty].contains(kind) {
      throw DataError(path, kind, for: .data)
    }
  }
  return try ShardFiles.isRecords(paths[0])
    ? TFRecords.read(paths, location: location) : TarShards.read(paths, location: location)
}

private func folder(
  _ path: String, split: String?, _ location: String, _ options: SourceOptions
) throws(DataError) -> FoundData {
  let files = try ShardFiles.inside(path, split: split)
  if !files.isEmpty { return .table(try shards(files, location)) }
  if let group = try NumPyArrays(folder: path, split: split) { return .arrays(group) }
  if options.columns.values.contains(where: { $0.kind == .mask || $0.kind == .image }) {
    return .pictures(split.map { "\(path)/\($0)" } ?? path)
  }
  if let kind = FileKind(at: path), kind != .cifarPickleFolder { throw DataError(path, kind, for: .data) }
  if let split {
    let pickles = CIFARPickles.batches(in: path, split: split)
    if !pickles.isEmpty { return .source(try CIFARPickles.read(pickles, location: location)) }
    if let images = IDXFile.images(in: path, split: split) { return .source(try IDXFile.read(images)) }
    let batches = CIFARFiles.batches(in: path, split: split)
    if !batches.isEmpty { return .source(try CIFARFiles.read(batches, location: location)) }
    return .classes("\(path)/\(split)")
  }
  for split in ["train", "test"] {
    guard IDXFile.images(in: path, split: split) == nil, CIFARFiles.batches(in: path, split: split).isEmpty,
      CIFARPickles.batches(in: path, split: split).isEmpty
    else {
      throw DataError(
        path, "holds files to train and to test on", remedy: "add a split: \(path):/train or \(path):/test")
    }
  }
  return .classes(path)
}

private func imageFolder(_ path: String, _ options: SourceOptions) throws(DataError) -> any DataSource {
  if let shape = options.imageShape(of: "image"), shape.rank == 4 { return try ClipSource(path, shape: shape, options) }
  return try ImageFileSource(
    folder: path, classNames: options.classNames, shape: options.imageShape(of: "image"), resize: options.resize,
    decoding: options.decoding)
}

private func synthetic(_ location: String, _ options: SourceOptions) throws(DataError) -> any DataSource {
  guard let count = Int(location.dropFirst("synthetic:".count)), (1...1 << 30).contains(count) else {
    throw DataError(location, "does not say how many samples", remedy: "write synthetic:1024 for 1,024 of them")
  }
  var inputs = options.shape.map { [Column.image($0)] } ?? []
  for input in options.inputs where !inputs.contains(where: { $0.name == input.column }) {
    guard let shape = input.shape else { continue }
    inputs.append(
      Column(
        input.column, shape.rank > 1 ? .image : .numbers, shape.rank > 1 ? .byte : .float, shape: shape))
  }
  guard !inputs.isEmpty, options.classes ?? 1 > 0 else {
    throw DataError(location, "has no shape and classes of its own", remedy: "use it with a network that has both")
  }
  return SyntheticSource(count: count, inputs: inputs, classes: options.classes)
}
