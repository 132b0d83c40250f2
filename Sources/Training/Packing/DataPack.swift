public import Communication
public import Datasets
import HDF5
import Synchronization
public import Tensors

/// Writes the samples of a source into one HDF5 file, decoded and of one size, so that a run reads them without
/// decoding: `images`, `labels` with the attribute `class_names`, and every other column under its name.
///
/// All ranks decode; the first one writes. The bytes are the same on any number of them.
public struct DataPack {
  private let source: any DataSource
  private let names: [String]

  /// Samples that a thread decodes between two writes.
  private static let block = 16

  public init(_ source: any DataSource) throws(TrainingError) {
    if let text = source.columns.first(where: { $0.kind == .text }) {
      throw TrainingError(
        .data,
        "\(source.location) has the texts '\(text.name)', which HDF5 files do not hold here; leave the column out, or "
          + "train on the data as it is.")
    }
    self.source = source
    names = source.columns.enumerated().map { position, column in
      if column.kind == .image, position == 0 { return "images" }
      return position == source.labelColumn ? "labels" : column.name
    }
  }

  /// What a configuration says to train on the file.
  ///
  /// - Parameter path: of the file.
  public func configuration(_ path: String) -> String {
    let columns = source.columns.enumerated().compactMap { position, column -> String? in
      switch column.kind {
      case .image where position == 0: nil
      case .category where position == source.labelColumn: nil
      // Samples hold boxes as parts of width and height.
      case .boxes: "\(names[position]): {kind: boxes, format: rel_xyxy}"
      case .mask: "\(names[position]): {kind: mask, \(Self.classes(column))\(Self.void(column))}"
      default: "\(names[position]): \(column.kind.rawValue)"
      }
    }
    return "data: {train: \(path)" + (columns.isEmpty ? "}" : ", columns: {\(columns.joined(separator: ", "))}}")
  }

  private static func classes(_ column: Column) -> String {
    let numbers = column.classNames.indices.map { String($0) }
    return column.classNames == numbers
      ? "classes: \(max(1, numbers.count))" : "classNames: [\(column.classNames.joined(separator: ", "))]"
  }

  private static func void(_ column: Column) -> String { column.void.map { ", void: \($0)" } ?? "" }

  /// Writes the file, whole or not at all. Collective.
  ///
  /// - Parameter report: told how many samples are written.
  public func write(
    to path: String, communicator: any Communicator, pool: WorkerPool, report: (_ done: Int, _ count: Int) -> Void
  ) throws(TrainingError) {
    do {
      guard communicator.rank == 0 else {
        return try readAll(communicator, pool) { _, _ in }
      }
      try File.replace(path) { file in
        let datasets = try makeDatasets(file)
        try readAll(communicator, pool) { first, bytes throws(TrainingError) in
          do { try write(bytes, from: first, into: datasets) } catch { throw TrainingError(.run, "\(path): \(error)") }
          report(first + bytes.count / rowSize, source.count)
        }
      }
    } catch let error as TrainingError {
      throw error
    } catch {
      throw TrainingError(.run, "\(path): \(error)")
    }
  }

  private var rowSize: Int { source.columns.reduce(0) { $0 + $1.size } }

  private func makeDatasets(_ file: File) throws(HDF5Error) -> [Dataset] {
    if let label = source.labelColumn, !source.columns[label].classNames.isEmpty {
      try file.root.attributes.set("class_names", source.columns[label].classNames)
    }
    var datasets: [Dataset] = []
    for (position, column) in source.columns.enumerated() {
      let shape = [source.count] + (column.kind == .category ? [] : column.shape.dimensions)
      datasets.append(
        column.kind == .category
          ? try file.root.createDataset(names[position], shape: shape, of: Int64.self)
          : column.element == .byte
            ? try file.root.createDataset(names[position], shape: shape, of: UInt8.self)
            : try file.root.createDataset(names[position], shape: shape, of: Float.self))
    }
    return datasets
  }

  /// - Parameter bytes: of some samples, each with all of its columns.
  private func write(_ bytes: [UInt8], from first: Int, into datasets: [Dataset]) throws(HDF5Error) {
    let count = bytes.count / rowSize
    let rows = first..<first + count
    var start = 0
    for (column, dataset) in zip(source.columns, datasets) {
      let own = (0..<count).flatMap { bytes[$0 * rowSize + start..<$0 * rowSize + start + column.size] }
      start += column.size
      guard column.element == .float else {
        try dataset.write(own, rows: rows)
        continue
      }
      let numbers = stride(from: 0, to: own.count, by: 4).map { place in
        Float(bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(own[place + $1]) << UInt32(8 * $1) })
      }
      if column.kind == .category {
        try dataset.write(numbers.map { Int64($0) }, rows: rows)
      } else {
        try dataset.write(numbers, rows: rows)
      }
    }
  }

  /// Reads all samples in their order, shared out among the ranks and threads, block after block.
  ///
  /// - Parameter receive: on every rank; given the bytes of all columns of the samples from `first` on.
  private func readAll(
    _ communicator: any Communicator, _ pool: WorkerPool,
    receive: (_ first: Int, _ bytes: [UInt8]) throws(TrainingError) -> Void
  ) throws(TrainingError) {
    let vote = Vote(communicator)
    let size = DataPack.block * pool.count * communicator.size
    var failure: TrainingError?
    for first in stride(from: 0, to: source.count, by: size) {
      let end = min(source.count, first + size)
      let own = ShardTree(shards: end - first).shards(ofRank: communicator.rank, of: communicator.size)
      let bytes = try vote.agree { () throws(TrainingError) in
        if let failure { throw failure }
        return try read(own.lowerBound + first..<own.upperBound + first, pool)
      }
      do {
        let all = try communicator.allGather(bytes)
        try receive(first, all.flatMap(\.self))
      } catch let error as TrainingError {
        // The others hear of it at the next vote.
        failure = error
      } catch {
        throw TrainingError(.ranks, "\(error)")
      }
    }
    try vote.agree { () throws(TrainingError) in if let failure { throw failure } }
  }

  private func read(_ samples: Range<Int>, _ pool: WorkerPool) throws(TrainingError) -> [UInt8] {
    let rows = Mutex<[Int: Result<[UInt8], DataError>]>([:])
    let (source, workers) = (source, pool.count)
    pool.run { worker in
      var sample = Sample(source.columns)
      for index in samples where index % workers == worker {
        let row = Result { () throws(DataError) -> [UInt8] in
          try source.read(index, epoch: 0, .all, into: &sample)
          return source.columns.indices.flatMap { sample.bytes(of: $0) }
        }
        rows.withLock { $0[index] = row }
      }
    }
    do throws(DataError) {
      let results = rows.withLock { $0 }
      var bytes: [UInt8] = []
      for index in samples { bytes += try results[index]!.get() }
      return bytes
    } catch {
      throw TrainingError(.data, error.description)
    }
  }
}
