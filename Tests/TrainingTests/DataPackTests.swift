import Communication
import Datasets
import Foundation
import Synchronization
import Tensors
import TestSupport
import Testing
import Training

/// Data that is decoded once into an HDF5 file is the same data.
@Suite(.serialized) struct DataPackTests {

  /// Writes a source on ranks that are threads.
  private func pack(_ source: any DataSource, to path: String, ranks: Int, threads: Int) throws {
    let failures = Mutex<[String]>([])
    let running = InProcessCommunicator.group(size: ranks).map { communicator in
      let thread = Thread {
        do {
          try DataPack(source).write(to: path, communicator: communicator, pool: WorkerPool(count: threads)) { _, _ in }
        } catch {
          failures.withLock { $0.append("\(error)") }
        }
      }
      thread.stackSize = 8 << 20
      thread.start()
      return thread
    }
    while !running.allSatisfy(\.isFinished) { usleep(1000) }
    let all = failures.withLock { $0 }
    if let failure = all.first { throw DataError(path, failure, remedy: "see there") }
  }

  private func expectSame(_ source: any DataSource, _ packed: any DataSource) throws {
    #expect(packed.count == source.count && packed.classNames == source.classNames)
    for index in 0..<source.count {
      var (own, other) = (Sample(source.columns), Sample(packed.columns))
      try source.read(index, epoch: 0, .all, into: &own)
      try packed.read(index, epoch: 0, .all, into: &other)
      for (position, column) in source.columns.enumerated() {
        let place = try #require(packed.columns.firstIndex { $0.name == column.name })
        #expect(packed.columns[place].shape == column.shape && packed.columns[place].kind == column.kind)
        #expect(own.numbers(of: position) == other.numbers(of: place), "\(column.name) of sample \(index)")
      }
    }
  }

  @Test func everyColumnIsKept() throws {
    let count = 37
    func values(_ width: Int) -> [Float] { (0..<count * width).map { Float($0 * 7 % 31) / 8 } }
    let image = Column.image([4, 3, 2])
    let mask = Column("regions", .mask, .byte, shape: [4, 3, 1], classNames: ["a", "b", "c"], void: 255)
    let boxes = Column("box", .boxes, .float, shape: [2, 5])
    let source = MemorySource(
      "made",
      [
        ColumnValues(image, bytes: (0..<count * 24).map { UInt8(truncatingIfNeeded: $0 * 13) }),
        ColumnValues(.label(["cat", "dog", "ü"]), integers: (0..<count).map { Int32($0 % 3) }),
        ColumnValues(mask, bytes: (0..<count * 12).map { $0 % 5 == 0 ? 255 : UInt8($0 % 3) }),
        ColumnValues(Column("age", .numbers, .float, shape: [2]), floats: values(2)),
        ColumnValues(Column("importance", .weight, .float, shape: [1]), floats: values(1)),
        ColumnValues(
          boxes,
          floats: (0..<count).flatMap { [0.125, 0.25, 0.5, 0.75, Float($0 % 3)] + [0, 0, 0, 0, 0] }),
      ])
    let folder = try TemporaryFolder()
    var files: [Data] = []
    for (ranks, threads) in [(1, 1), (1, 3), (2, 1), (3, 2)] {
      let path = "\(folder.path)/\(ranks)\(threads).h5"
      try pack(source, to: path, ranks: ranks, threads: threads)
      files.append(try Data(contentsOf: URL(filePath: path)))
      var options = SourceOptions()
      var (regions, box) = (ColumnChoice(.mask), ColumnChoice(.boxes))
      (regions.classNames, regions.void) = (["a", "b", "c"], 255)
      box.format = .relativeXYXY
      options.columns = [
        "regions": regions, "age": ColumnChoice(.numbers), "importance": ColumnChoice(.weight), "box": box,
      ]
      try expectSame(source, openSource(path, options))
    }
    #expect(Set(files).count == 1)
    let text = try DataPack(source).configuration("x.h5")
    #expect(
      text == "data: {train: x.h5, columns: {regions: {kind: mask, classNames: [a, b, c], void: 255}, age: numbers, "
        + "importance: weight, box: {kind: boxes, format: rel_xyxy}}}")
  }

  @Test func aFailureEndsAllRanksAndLeavesNoFile() throws {
    let folder = try TemporaryFolder()
    for label in ["a", "b"] {
      try FileManager.default.createDirectory(atPath: "\(folder.path)/data/\(label)", withIntermediateDirectories: true)
      for index in 0..<40 {
        let text = "P2 2 2 255 \(index) 2 3 4\n"
        try text.write(toFile: "\(folder.path)/data/\(label)/\(index).pgm", atomically: true, encoding: .utf8)
      }
    }
    var options = SourceOptions()
    options.memoryLimit = 0
    let source = try openSource("\(folder.path)/data", options)
    try "P2 2 2 255 1".write(toFile: "\(folder.path)/data/b/7.pgm", atomically: true, encoding: .utf8)
    let path = "\(folder.path)/packed.h5"
    let error = #expect(throws: DataError.self) { try pack(source, to: path, ranks: 3, threads: 1) }
    #expect(error?.description.contains("7.pgm") == true)
    #expect(!FileManager.default.fileExists(atPath: path))
    try "P2 2 2 255 1 2 3 4".write(toFile: "\(folder.path)/data/b/7.pgm", atomically: true, encoding: .utf8)
    try pack(source, to: path, ranks: 3, threads: 1)
    try expectSame(source, openSource(path))
  }
}
