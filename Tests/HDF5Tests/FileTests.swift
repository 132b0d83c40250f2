import Foundation
import HDF5
import Testing

@Suite struct FileTests {
  @Test func aFileCanBeMadeReadAndChanged() throws {
    try withTemporaryFile { path in
      #expect(!File.isHDF5(path))
      let created = try File(creating: path)
      try created.root.write("x", [1, 2, 3] as [Float])
      try created.flush()
      try created.close()
      try created.close()
      #expect(File.isHDF5(path))
      do {
        let updated = try File(updating: path)
        try updated.root.dataset("x").write([4, 5, 6] as [Float])
        try updated.root.write("group/y", [7] as [Int64])
      }
      let read = try File(reading: path)
      #expect(try read.root.dataset("x").read(Float.self) == [4, 5, 6])
      #expect(try read.root.dataset("group/y").read(Int64.self) == [7])
    }
  }

  @Test func closingEndsTheUseOfWhatWasOpened() throws {
    try withTemporaryFile { path in
      let file = try File(creating: path)
      let dataset = try file.root.write("x", [1, 2, 3] as [Float])
      try file.close()
      // The same file can be made anew only if nothing keeps the old one open.
      try File(creating: path).close()
      #expect(throws: HDF5Error.self) { try dataset.read(Float.self) }
      #expect(throws: HDF5Error.self) { try file.root.names() }
    }
  }

  @Test func datasetsKeepTheirFileOpen() throws {
    try withTemporaryFile { path in
      let dataset = try File(creating: path).root.write("x", [1, 2, 3] as [Float])
      #expect(try dataset.read(Float.self) == [1, 2, 3])
    }
  }

  @Test func theSameContentGivesTheSameBytes() throws {
    func write(_ path: String) throws -> Data {
      let file = try File(creating: path)
      try file.root.write("model/x", [Float](repeating: 0.5, count: 500), shape: [5, 100])
      try file.root.attributes.set("model_config", "{}")
      try file.root.group("model").attributes.set("names", ["a", "bc"])
      try file.close()
      return try Data(contentsOf: URL(filePath: path))
    }
    try withTemporaryFile { path in
      let first = try write(path)
      Thread.sleep(forTimeInterval: 1.1)  // a time stamp would have seconds
      #expect(try write(path) == first)
    }
  }

  @Test func missingAndForeignFiles() throws {
    #expect(
      problem { try File(reading: "/nowhere/x.h5") } == "cannot be opened (No such file or directory): check the path")
    #expect(problem { try File(reading: "/") } == "is a folder, not an HDF5 file: give the path of the file")
    #expect(problem { try File(creating: "/nowhere/x.h5") }.hasPrefix("cannot be created ("))
    #expect(problem { try File(reading: #filePath) } == "this is a Swift source, not an HDF5 file; give an HDF5 file")
    try withTemporaryFile { path in
      try Data("nothing that has a name".utf8).write(to: URL(filePath: path))
      let text = problem { try File(reading: path) }
      #expect(text.hasPrefix("not a readable HDF5 file ("))
      #expect(text.hasSuffix("); it may be truncated: copy it again"))
    }
    #expect(!File.isHDF5(#filePath) && !File.isHDF5("/nowhere/x.h5"))
  }

  @Test func truncatedAndDamagedFilesAreErrors() throws {
    for name in ["types.h5", "strings.h5", "chunked.h5", "latest.h5"] {
      let whole = try Data(contentsOf: URL(filePath: fixture(name)))
      try withTemporaryFile { path in
        for length in [0, 1, 8, 100, whole.count / 2, whole.count - 1] {
          try whole.prefix(length).write(to: URL(filePath: path))
          let text = problem { try File(reading: path) }
          let start = length == 0 ? "the file is empty" : "not a readable HDF5 file ("
          #expect(text.hasPrefix(start), "\(name) cut to \(length) bytes: \(text)")
        }
      }
    }
  }

  @Test func damagedChunksAreErrors() throws {
    var bytes = try Data(contentsOf: URL(filePath: fixture("chunked.h5")))
    let file = try File(reading: fixture("chunked.h5"))
    let expected = try file.root.dataset("all").read(Float.self)
    try withTemporaryFile { path in
      // Every byte of the last third in turn would take long; deflate streams start with 0x78.
      var damaged = 0
      for index in bytes.indices where bytes[index] == 0x78 {
        bytes[index + 12] ^= 0x55
        try bytes.write(to: URL(filePath: path))
        bytes[index + 12] ^= 0x55
        do {
          #expect(try File(reading: path).root.dataset("all").read(Float.self) == expected)
        } catch {
          damaged += 1
        }
      }
      #expect(damaged >= 3, "the dataset has three chunks")
    }
  }

  @Test func readingWorksWithoutWritePermission() throws {
    try withTemporaryFile { path in
      try File(creating: path).root.write("x", [1] as [Float])
      try FileManager.default.setAttributes([.posixPermissions: 0o444], ofItemAtPath: path)
      #expect(try File(reading: path).root.dataset("x").read(Float.self) == [1])
    }
  }

  @Test func aFullDiskIsAnErrorAndNotTheEndOfTheProcess() async {
    // In a process of its own, because it limits the size of every file.
    await #expect(processExitsWith: .success) {
      try withTemporaryFile { path in
        signal(SIGXFSZ, SIG_IGN)
        var limit = rlimit(rlim_cur: 1 << 20, rlim_max: 1 << 20)
        unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
        var kept: [Dataset] = []
        var failed = false
        let file = try File(creating: path)
        do {
          for index in 0..<10_000 {
            kept.append(try file.root.write("group \(index)/x", [Float](repeating: 1, count: 50)))
          }
        } catch let error as HDF5Error {
          failed = error.problem.contains("(File too large)")
        }
        let incomplete = problem { try file.close() }.hasPrefix("is incomplete, because an earlier write failed")
        let closed = problem { try kept[0].read(Float.self) }.hasPrefix("is incomplete")
        kept = []
        let other = try File(creating: path + "2")
        try other.root.write("x", [1, 2] as [Float])
        try other.close()
        let works = try File(reading: path + "2").root.dataset("x").read(Float.self) == [1, 2]
        let freed = try Data(contentsOf: URL(filePath: path)).isEmpty
        // An expectation that fails here would not be reported.
        exit(failed && incomplete && closed && works && freed ? EXIT_SUCCESS : EXIT_FAILURE)
      }
    }
  }

  @Test func threadsShareTheLibrary() throws {
    try withTemporaryFile { path in
      let values = (0..<6000).map(Float.init)
      let file = try File(creating: path)
      let dataset = try file.root.write(
        "x", values, shape: [100, 60], storage: .chunked([7, 60], deflate: 1))
      let wrong = Counter()
      DispatchQueue.concurrentPerform(iterations: 8) { thread in
        for round in 0..<40 {
          do {
            let row = (thread * 13 + round) % 99
            var memory = [Float](repeating: 0, count: 120)
            var span = memory.mutableSpan
            try dataset.read(rows: row..<row + 2, into: &span)
            if memory != Array(values[row * 60..<(row + 2) * 60]) { wrong.increase() }
            try file.root.write("group \(thread)/\(round)", [Int64(round)])
            if try file.root.dataset("group \(thread)/\(round)").read(Int64.self) != [Int64(round)] { wrong.increase() }
            if !problem({ try file.root.dataset("missing \(thread)") }).hasPrefix("no dataset '/missing \(thread)'") {
              wrong.increase()
            }
          } catch {
            wrong.increase()
          }
        }
      }
      #expect(wrong.value == 0)
      #expect(try file.root.names().count == 9)
    }
  }
}

private final class Counter: @unchecked Sendable {
  private let lock = NSLock()
  private var count = 0
  var value: Int { lock.withLock { count } }
  func increase() { lock.withLock { count += 1 } }
}
