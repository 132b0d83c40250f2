import Archives
import Foundation
import Testing

struct SafetensorsTests {
  private func file(_ header: String, _ data: [UInt8], _ path: String) throws -> SafetensorsFile {
    let bytes = (0..<8).map { UInt8(truncatingIfNeeded: header.utf8.count >> (8 * $0)) } + Array(header.utf8) + data
    try Data(bytes).write(to: URL(filePath: path))
    return try SafetensorsFile(reading: path)
  }

  @Test func whatIsWrittenComesBack() throws {
    try withTemporaryPath("a.safetensors") { path in
      try SafetensorsFile.write(
        [.init("b", [2, 2]) { [1, 2, 3, -0.5] }, .init("a/\"x\"", []) { [7] }, .init("none", [0, 3]) { [] }],
        metadata: ["format": "keras"], to: path)
      let file = try SafetensorsFile(reading: path)
      #expect(file.metadata == ["format": "keras"])
      #expect(file.tensors.map(\.name) == ["a/\"x\"", "b", "none"])
      #expect(file.tensors.map(\.shape) == [[], [2, 2], [0, 3]])
      #expect(try file.tensors.map { try file.read($0) } == [[7], [1, 2, 3, -0.5], []])
    }
  }

  @Test func everyTypeOfFloatIsRead() throws {
    try withTemporaryPath("a.safetensors") { path in
      let header = """
        {"d":{"dtype":"F64","shape":[1],"data_offsets":[0,8]},"h":{"dtype":"F16","shape":[1],"data_offsets":[8,10]},
        "b":{"dtype":"BF16","shape":[1],"data_offsets":[10,12]},"i":{"dtype":"I64","shape":[],"data_offsets":[12,20]}}
        """
      let data: [UInt8] = [0, 0, 0, 0, 0, 0, 0xF8, 0x3F, 0, 0x3E, 0xC0, 0x3F, 1, 0, 0, 0, 0, 0, 0, 0]
      let file = try file(header, data, path)
      #expect(try file.tensors.prefix(3).map { try file.read($0) } == [[1.5], [1.5], [1.5]])
      #expect(throws: ArchiveError.self) { try file.read(file.tensors[3]) }
    }
  }

  @Test(arguments: [
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#,
    #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
    #"{"a":{"dtype":"X9","shape":[2],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#,
    #"{"a":{"dtype":"F32","shape":[4611686018427387904,4,2],"data_offsets":[0,8]}}"#, #"{"a":1}"#, #"{"a":"#,
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}"#,
  ])
  func headersThatLieAreRefused(_ header: String) throws {
    try withTemporaryPath("a.safetensors") { path in
      let error = try #require(throws: ArchiveError.self) { try file(header, Array(repeating: 0, count: 8), path) }
      #expect(error.description.hasPrefix(path) && error.description.hasSuffix("."))
    }
  }

  @Test func headersThatAreLongerThanTheFileAreRefused() throws {
    try withTemporaryPath("a.safetensors") { path in
      for bytes in [
        [1, 2, 3], [255, 255, 255, 255, 255, 255, 255, 127, 123], Array(repeating: UInt8(255), count: 20),
      ] as [[UInt8]] {
        try Data(bytes).write(to: URL(filePath: path))
        #expect(throws: ArchiveError.self) { try SafetensorsFile(reading: path) }
      }
    }
  }
}
