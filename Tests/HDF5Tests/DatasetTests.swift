import Foundation
import HDF5
import Testing

@Suite struct DatasetTests {
  private let ramp = (0..<24).map { Double($0) / 4 - 2 }

  @Test(arguments: ["types.h5", "v110.h5"])
  func numbersOfEveryTypeAreConverted(name: String) throws {
    let root = try File(reading: fixture(name)).root
    let floats: [(String, ElementType)] = [
      ("<f2", .float16), ("<f4", .float32), ("<f8", .float64), (">f2", .float16), (">f4", .float32), (">f8", .float64),
    ]
    for (kind, type) in floats {
      let dataset = try root.dataset("float/\(kind)")
      #expect(dataset.shape == [2, 3, 4] && dataset.elementType == type)
      #expect(try dataset.read(Float.self) == ramp.map(Float.init))
      #expect(try dataset.read(Double.self) == ramp)
    }
    let integers: [(String, ElementType)] = [
      ("<i1", .int8), ("<i2", .int16), ("<i4", .int32), ("<i8", .int64), ("<u1", .uint8), ("<u2", .uint16),
      ("<u4", .uint32), ("<u8", .uint64), (">i2", .int16), (">u4", .uint32), (">i8", .int64),
    ]
    for (kind, type) in integers {
      let dataset = try root.dataset("integer/\(kind)")
      #expect(dataset.elementType == type)
      #expect(try dataset.read(Int64.self) == Array(0..<10))
      #expect(try dataset.read(UInt8.self) == Array(0..<10))
      #expect(try dataset.read(Float.self) == (0..<10).map(Float.init))
    }
    #expect(try root.dataset("scalar/integer").shape == [])
    #expect(try root.dataset("scalar/integer").read(Int64.self) == [-7])
    #expect(try root.dataset("scalar/float").read(Double.self) == [0.25])
    #expect(try root.dataset("boolean").read(UInt8.self) == [1, 0, 1])
    #expect(try root.dataset("empty").shape == [0, 3])
    #expect(try root.dataset("empty").read(Float.self) == [])
    #expect(try root.dataset("null").read(Float.self) == [])
    #expect(try root.dataset("bfloat16").readOpaque() == [0x80, 0x3f, 0x00, 0xc0])
    #expect(try root.dataset("bfloat16").elementType == .opaque(bytes: 2))
    #expect(try root.dataset("bfloat16").attributes.string("dtype") == "bfloat16")
    let special = try root.dataset("special").read(Float.self)
    #expect(special[0].isNaN && special[1...] == [.infinity, -.infinity, 1.5])
  }

  @Test func filesOfNewerReleasesAreReadOrNamed() throws {
    let root = try File(reading: fixture("latest.h5")).root
    do {
      #expect(try root.dataset("x").read(Float.self) == [0, 1, 2])
    } catch {
      #expect(error.problem.contains("if a newer release of HDF5 wrote it") && !error.libraryStack.isEmpty)
    }
  }

  @Test func valuesThatDoNotFitAreErrors() throws {
    let root = try File(reading: fixture("types.h5")).root
    #expect(try root.dataset("large").read(Int64.self) == [300, -1, 1 << 40])
    #expect(try root.dataset("large").read(Float.self) == [300, -1, Float(1 << 40)])
    #expect(
      problem { try root.dataset("large").read(UInt8.self) }.hasPrefix("'/large' (int64) cannot be read as uint8 ("))
    #expect(throws: HDF5Error.self) { try root.dataset("large").read(Int32.self) }
    #expect(throws: HDF5Error.self) { try root.dataset("huge").read(Float.self) }
    #expect(throws: HDF5Error.self) { try root.dataset("special").read(Int64.self) }
    #expect(throws: HDF5Error.self) { try root.dataset("float/<f8").read(Int64.self) }
  }

  @Test func otherTypesAreErrors() throws {
    let types = try File(reading: fixture("types.h5")).root
    let strings = try File(reading: fixture("strings.h5")).root
    #expect(
      problem { try types.dataset("compound").read(Float.self) }
        == "'/compound' holds elements of type compound, not numbers: check the path")
    #expect(throws: HDF5Error.self) { try types.dataset("large").readStrings() }
    #expect(throws: HDF5Error.self) { try types.dataset("large").readOpaque() }
    #expect(throws: HDF5Error.self) { try strings.dataset("fixed").read(Float.self) }
  }

  @Test func stringsOfBothKindsAreRead() throws {
    let root = try File(reading: fixture("strings.h5")).root
    #expect(try root.dataset("variable").readStrings() == ["x", "", "yz"])
    #expect(try root.dataset("fixed").readStrings() == ["p", "qr", "", "stu"])
    #expect(try root.dataset("fixed").shape == [2, 2])
    #expect(try root.dataset("scalar").readStrings() == ["one"])
    #expect(try root.dataset("scalar").elementType == .string)
  }

  @Test func chunksFiltersAndUserBlocksAreRead() throws {
    let root = try File(reading: fixture("chunked.h5")).root
    let values = (0..<120).map(Float.init)
    for name in ["gzip", "all", "plain"] {
      let dataset = try root.dataset(name)
      #expect(try dataset.read(Float.self) == values)
      for rows in [0..<20, 0..<1, 5..<13, 19..<20, 7..<7] {
        var bytes = [UInt8](repeating: 255, count: rows.count * 6)
        var span = bytes.mutableSpan
        try dataset.read(rows: rows, into: &span)
        #expect(bytes == values[rows.lowerBound * 6..<rows.upperBound * 6].map { UInt8($0) })
      }
    }
    #expect(try File(reading: fixture("v110.h5")).root.dataset("chunked").read(Float.self) == (0..<30).map(Float.init))
    #expect(File.isHDF5(fixture("userblock.h5")))
    #expect(try File(reading: fixture("userblock.h5")).root.dataset("x").read(Double.self) == ramp)
  }

  @Test func everyTypeMakesTheRoundTrip() throws {
    func check<T: Element & Equatable>(_ values: [T], _ root: Group) throws {
      for (index, storage) in [Storage.contiguous, .chunked([4]), .chunked([3], deflate: 6)].enumerated() {
        let dataset = try root.write("\(T.self)/\(index)", values, storage: storage)
        #expect(dataset.elementType == T.elementType && dataset.shape == [values.count])
        #expect(try root.dataset("\(T.self)/\(index)").read(T.self) == values)
      }
      try root.write("\(T.self)/scalar", [values[0]], shape: [])
      #expect(try root.dataset("\(T.self)/scalar").shape == [])
      #expect(try root.dataset("\(T.self)/scalar").read(T.self) == [values[0]])
      try root.write("\(T.self)/none", [T](), shape: [0, 4])
      #expect(try root.dataset("\(T.self)/none").read(T.self) == [])
      try root.attributes.set("\(T.self)", values)
      try root.attributes.set("one \(T.self)", values[1])
      #expect(try root.attributes.values("\(T.self)") == values)
      #expect(try root.attributes.value("one \(T.self)") == values[1])
    }
    try withTemporaryFile { path in
      let root = try File(creating: path).root
      try check([-1.5, 0, .greatestFiniteMagnitude, -.infinity, .leastNonzeroMagnitude] as [Float], root)
      try check([-1.5, 0, .greatestFiniteMagnitude, .leastNonzeroMagnitude, 3] as [Double], root)
      try check([.min, -1, 0, 1, .max] as [Int8], root)
      try check([0, 1, .max, 128, 255] as [UInt8], root)
      try check([.min, -1, 0, 1, .max] as [Int16], root)
      try check([0, 1, .max, 7, 8] as [UInt16], root)
      try check([.min, -1, 0, 1, .max] as [Int32], root)
      try check([0, 1, .max, 7, 8] as [UInt32], root)
      try check([.min, -1, 0, 1, .max] as [Int64], root)
      try check([0, 1, .max, 7, 8] as [UInt64], root)
      try root.write("strings", ["", "a", "grün", String(repeating: "x", count: 100_000)])
      #expect(try root.dataset("strings").readStrings() == ["", "a", "grün", String(repeating: "x", count: 100_000)])
      try root.write("one string", ["é"], shape: [])
      #expect(try root.dataset("one string").readStrings() == ["é"])
    }
  }

  /// In release builds the optimiser once removed the stores into arrays like these.
  @Test(arguments: [1.5, -2]) func shortArraysArriveFromTheStack(value: Double) throws {
    try withTemporaryFile { path in
      let root = try File(creating: path).root
      try root.write("array", [value, -value])
      try root.write("span", [value, -value].span)
      let rows = try root.createDataset("rows", shape: [2], of: Double.self)
      try rows.write([value], rows: 0..<1)
      try rows.write([-value], rows: 1..<2)
      for name in ["array", "span", "rows"] {
        #expect(try root.dataset(name).read(Double.self) == [value, -value])
      }
      try root.attributes.set("list", [value, -value])
      #expect(try root.attributes.values("list", as: Double.self) == [value, -value])
    }
  }

  @Test(arguments: [1.5, -2]) func everyStepMayBeATemporary(value: Double) throws {
    try withTemporaryFile { path in
      try File(creating: path).root.createGroup("a").write("x", [value]).attributes.set("name", "kernel \(value)")
      #expect(try File(reading: path).root.group("a").dataset("x").read(Double.self) == [value])
      #expect(try File(reading: path).root.kind(of: "a/x") == .dataset)
      #expect(try File(reading: path).root.group("a").names() == ["x"])
      #expect(try File(reading: path).root.dataset("a/x").attributes.string("name") == "kernel \(value)")
    }
  }

  @Test func rowsAreWrittenAndReadInPlace() throws {
    try withTemporaryFile { path in
      let values = (0..<10 * 6).map(Float.init)
      for storage in [Storage.contiguous, .chunked([4, 2, 3], deflate: 1)] {
        let root = try File(creating: path).root
        let dataset = try root.createDataset("x", shape: [10, 2, 3], of: Float.self, storage: storage)
        #expect(dataset.count == 60 && dataset.rowCount == 6)
        for rows in [6..<10, 0..<1, 1..<6] {
          try dataset.write(Array(values[rows.lowerBound * 6..<rows.upperBound * 6]), rows: rows)
        }
        #expect(try dataset.read(Float.self) == values)
        var part = [Float](repeating: 0, count: 18)
        unsafe try part.withUnsafeMutableBufferPointer { try unsafe dataset.read(rows: 4..<7, into: $0) }
        #expect(part == Array(values[24..<42]))
        unsafe try values.withUnsafeBufferPointer { try unsafe dataset.write($0) }
        #expect(try dataset.read(Double.self) == values.map(Double.init))
      }
    }
  }

  @Test func growableDatasetsTakeMoreRows() throws {
    try withTemporaryFile { path in
      let root = try File(creating: path).root
      var dataset = try root.createDataset(
        "x", shape: [0, 2], of: Int64.self, storage: .chunked([8, 2], growable: true))
      for row in 0..<20 {
        try dataset.resize(rows: row + 1)
        try dataset.write([Int64(row), -Int64(row)], rows: row..<row + 1)
      }
      #expect(try root.dataset("x").read(Int64.self) == (0..<20).flatMap { [$0, -$0] })
      var fixed = try root.write("y", [1, 2] as [Float])
      #expect(throws: HDF5Error.self) { try fixed.resize(rows: 3) }
      #expect(fixed.shape == [2])
    }
  }

  @Test func aLargeDatasetMayBeMadeBeforeItIsWritten() throws {
    try withTemporaryFile { path in
      let file = try File(creating: path)
      let dataset = try file.root.createDataset("x", shape: [1 << 30, 16], of: UInt8.self)
      try dataset.write([UInt8](repeating: 7, count: 32), rows: 2..<4)
      var rows = [UInt8](repeating: 0, count: 48)
      var span = rows.mutableSpan
      try dataset.read(rows: 2..<5, into: &span)
      #expect(rows == [UInt8](repeating: 7, count: 32) + [UInt8](repeating: 0, count: 16))
    }
  }
}
