import Foundation
import HDF5
import Testing

/// A model is trained on numbers of one type and range, and measured on the same pictures as another type and as files.
@Suite struct NumberRangeTests {
  /// A way to store grey levels of 0 to 255.
  enum Storage: String, CaseIterable, Sendable {
    case bytes, int16To255, uint16To255, int32To255, floatsTo255, doublesTo255, uint16To65535, floatsTo1,
      floatsFromMinus1, normalized

    var isPicture: Bool { self != .floatsFromMinus1 && self != .normalized }
    var isFloat255: Bool { [.int16To255, .uint16To255, .int32To255, .floatsTo255, .doublesTo255].contains(self) }

    func write(_ levels: [UInt8], _ labels: [Int32], to path: String) throws {
      let shape = [labels.count, 8, 8, 3]
      try File.replace(path) { file in
        let root = file.root
        switch self {
        case .bytes: _ = try root.write("images", levels, shape: shape)
        case .int16To255: _ = try root.write("images", levels.map(Int16.init), shape: shape)
        case .uint16To255: _ = try root.write("images", levels.map(UInt16.init), shape: shape)
        case .int32To255: _ = try root.write("images", levels.map(Int32.init), shape: shape)
        case .floatsTo255: _ = try root.write("images", levels.map(Float.init), shape: shape)
        case .doublesTo255: _ = try root.write("images", levels.map(Double.init), shape: shape)
        case .uint16To65535: _ = try root.write("images", levels.map { UInt16($0) * 257 }, shape: shape)
        case .floatsTo1: _ = try root.write("images", levels.map { Float($0) / 255 }, shape: shape)
        case .floatsFromMinus1: _ = try root.write("images", levels.map { Float($0) / 127.5 - 1 }, shape: shape)
        case .normalized: _ = try root.write("images", levels.map { (Float($0) / 255 - 0.45) / 0.22 }, shape: shape)
        }
        _ = try root.write("labels", labels)
      }
    }
  }

  /// Two kinds of pictures in all storages, and as files beside each other: `h5/STORAGE.h5`, `images/dark/0.png`.
  private func prepared() throws -> (convoy: ConvoyProcess, count: Int) {
    let convoy = try ConvoyProcess()
    let source = ConvoyProcess.root.appending(path: "Tests/Fixtures/keras/preparation/images")
    try FileManager.default.copyItem(at: source, to: convoy.folder.appending(path: "images"))
    var (levels, labels): ([UInt8], [Int32]) = ([], [])
    // What the decoder makes of the files.
    let pixels = try File(
      reading: ConvoyProcess.root.appending(path: "Tests/Fixtures/keras/preparation/images.h5").path)
    levels = try pixels.root.dataset("images").read()
    labels = (0..<Int32(levels.count / 192)).map { $0 < levels.count / 384 ? 0 : 1 }
    for storage in Storage.allCases { try storage.write(levels, labels, to: convoy.path("\(storage.rawValue).h5")) }
    return (convoy, labels.count)
  }

  @Test(arguments: Storage.allCases) func theRangeOfTrainingIsKept(_ storage: Storage) throws {
    let (convoy, count) = try prepared()
    defer { convoy.remove() }
    try convoy.write(
      "a.yaml",
      """
      model: {input: [8, 8, 3], layers: [Conv2D: {filters: 4, kernel_size: 3, activation: relu}, \
      GlobalAveragePooling2D, Dense: {units: 2, activation: softmax}]}
      data: {train: "\(storage.rawValue).h5", test: "\(storage.rawValue).h5"}
      batch: 8
      shards: 2
      epochs: 10
      threads: 1
      optimizer: {name: adam, rate: 0.01}

      """)
    let train = try convoy.run(["train", "a.yaml", "--output", "run"])
    try #require(train.status == 0, "\(train.errors)")
    let expected = try convoy.run(["evaluate", "run/last.h5", "--json"])
    func loss(_ result: ConvoyProcess.Result) throws -> Double {
      let json = try JSONSerialization.jsonObject(with: Data((result.lines.last ?? "").utf8)) as? [String: Any]
      return try #require(json?["loss"] as? Double, "\(result.errors)")
    }
    let own = try loss(expected)
    // The exports know the range, too.
    try #require(try convoy.run(["export", "run/last.h5", "--output", "m.keras"]).status == 0)
    for other in Storage.allCases {
      let result = try convoy.run(
        ["evaluate", "m.keras", "--data", "a.yaml", "--set", "data.test=\(other.rawValue).h5", "--json"])
      if other == storage || storage.isPicture && other.isPicture {
        try #require(result.status == 0, "\(other): \(result.errors)")
        let measured = try loss(result)
        #expect(abs(measured - own) < 1e-4, "\(other): \(result.errors)")
        let isSame =
          other == storage || (storage == .bytes || storage.isFloat255) && (other == .bytes || other.isFloat255)
        #expect(result.errors.contains("numbers from") != isSame, "\(other): \(result.errors)")
      } else if storage.isPicture || other.isPicture {
        // What cannot be right is refused, or said.
        #expect(result.errors.contains("but the model takes"), "\(other): \(result.output)")
        #expect(result.status != 0 || !other.isPicture || other == .floatsTo1, "\(other)")
      }
    }
    let files = try convoy.run(["evaluate", "run/last.h5", "--set", "data.test=images", "--json"])
    let predicted = try convoy.run(["predict", "run/last.h5", "images"])
    if storage.isPicture {
      let measured = try loss(files)
      #expect(abs(measured - own) < 1e-4, "\(files.errors)")
      #expect(predicted.lines.count == count)
    } else {
      for result in [files, predicted] {
        #expect(
          result.status == 3
            && result.complaints.first?.contains("nothing says how the ones become the others") == true,
          "\(result.errors)")
      }
      let said = try convoy.run(["predict", "run/last.h5", "images", "--preprocessing", "{mode: tf}"])
      #expect(said.status == 0, "\(said.errors)")
    }
  }
}
