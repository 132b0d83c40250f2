import HDF5
import Tensors

/// The datasets of a group of an HDF5 file. The attribute `class_names` of the group is optional.
struct HDF5Arrays: ArrayGroup {
  let location: String
  private let group: Group

  init(_ path: String, group name: String) throws(DataError) {
    location = "\(path):\(name)"
    group = try HDF5Arrays.reading { () throws(HDF5Error) in
      let root = try File(reading: path).root
      return name == "/" ? root : try root.group(name)
    }
  }

  var usualNames: (images: String, labels: String) { ("images", "labels") }

  var classNames: [String] {
    get throws(DataError) {
      try HDF5Arrays.reading { () throws(HDF5Error) in
        try group.attributes.contains("class_names") ? group.attributes.strings("class_names") : []
      }
    }
  }

  var names: [String] {
    get throws(DataError) { try HDF5Arrays.reading { () throws(HDF5Error) in try group.names() } }
  }

  func contains(_ name: String) -> Bool { (try? group.contains(name)) == true }

  func array(_ name: String) throws(DataError) -> any SampleArray {
    HDF5Array(try HDF5Arrays.reading { () throws(HDF5Error) in try group.dataset(name) })
  }

  fileprivate static func reading<Result>(_ body: () throws(HDF5Error) -> Result) throws(DataError) -> Result {
    do {
      return try body()
    } catch {
      throw DataError(error)
    }
  }
}

private struct HDF5Array: SampleArray {
  private let dataset: Dataset

  init(_ dataset: Dataset) { self.dataset = dataset }

  var shape: [Int] { dataset.shape }

  var numbers: ArrayNumbers {
    switch dataset.elementType {
    case .uint8: .bytes
    case .float16, .float32, .float64: .reals
    default: .integers
    }
  }

  var typeName: String { dataset.elementType.description }

  func read(
    _ rows: Range<Int>, as element: SampleElement, into memory: UnsafeMutableRawBufferPointer
  ) throws(DataError) {
    let rows = rows == 0..<shape[0] ? nil : rows
    try HDF5Arrays.reading { () throws(HDF5Error) in
      switch element {
      case .byte: try unsafe dataset.read(rows: rows, into: memory.bindMemory(to: UInt8.self))
      case .float: try unsafe dataset.read(rows: rows, into: memory.bindMemory(to: Float.self))
      }
    }
  }

  func integers() throws(DataError) -> [Int64] {
    try HDF5Arrays.reading { () throws(HDF5Error) in try dataset.read(Int64.self) }
  }
}

extension DataError {
  init(_ error: HDF5Error) { self.init(sentence: "\(error.file): \(error.problem)") }
}
