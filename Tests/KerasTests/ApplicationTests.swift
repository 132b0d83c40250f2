import Foundation
import HDF5
import Keras
import Networks
import Tensors
import Testing

/// The networks of keras.applications, as both versions of Keras write them: their configurations are at
/// ../shared/keras/configs, outside of the repository; where they are absent these tests are left out.
struct ApplicationTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../shared/keras/configs").standardized.path
  static let isPresent = FileManager.default.fileExists(atPath: folder)

  static func read(_ path: String) throws -> JSONValue {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/gzip")
    process.arguments = ["-dc", path]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return try JSONValue(parsing: String(decoding: data, as: UTF8.self), called: path)
  }

  /// Constructors whose configurations are there, sorted.
  static func constructors(_ version: Int) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "\(folder)/keras\(version)").sorted()
      .filter { $0.hasSuffix(".json.gz") && !$0.hasSuffix(".weights.json.gz") }.map { String($0.dropLast(8)) }
  }

  /// Numbers in the weights that Keras counts: rows of [layer, class, [[name, shape], ...]].
  private static func count(_ weights: JSONValue) -> Int {
    (weights.asArray ?? []).reduce(0) { sum, row in
      sum
        + (row.asArray?[2].asArray ?? []).reduce(0) { part, weight in
          let sizes = (weight.asArray?.last ?? weight).asArray ?? []
          return part + sizes.reduce(1) { $0 * ($1.asInteger ?? 1) }
        }
    }
  }

  /// All 71 and 40 build, plan and survive being written, with as many weights as Keras counts.
  ///
  /// `CONVOY_APPLICATION_TABLE=1 swift test --filter ApplicationTests` prints a line for each.
  @Test(.enabled(if: isPresent, "\(folder) is absent"), arguments: [(2, 71), (3, 40)])
  func configurationsBuildAndPlan(_ version: Int, networks: Int) throws {
    let printsTable = ProcessInfo.processInfo.environment["CONVOY_APPLICATION_TABLE"] != nil
    let names = try ApplicationTests.constructors(version)
    #expect(names.count == networks)
    for name in names {
      let path = "\(ApplicationTests.folder)/keras\(version)/\(name)"
      var graph = try Graph(
        kerasModel: ApplicationTests.read("\(path).json.gz"), kerasVersion: version, openSizes: .all(224))
      // Written with the sizes that it was given.
      graph.hasOpenSizes = false
      let count = ApplicationTests.count(try ApplicationTests.read("\(path).weights.json.gz"))
      #expect(graph.parameterCount == count, "keras\(version)/\(name)")
      let plan = try Planner().plan(graph, lanes: 16, mode: .inference)
      #expect(try Graph(kerasModel: graph.kerasModel).difference(from: graph) == nil, "keras\(version)/\(name)")
      if printsTable {
        print(
          "keras\(version) \(name): \(graph.nodes.count) layers, \(graph.parameterCount) numbers in weights, "
            + "Keras counts \(count); \(plan.arenaCount * 4 >> 20) MiB for 16 images")
      }
    }
  }

  /// Large configurations are there at once.
  @Test(.enabled(if: isPresent, "\(folder) is absent"), arguments: ["ResNet152", "DenseNet201"])
  func readingIsFast(_ name: String) throws {
    let text = try ApplicationTests.read("\(ApplicationTests.folder)/keras3/\(name).json.gz").text
    let clock = ContinuousClock()
    var times: [Duration] = []
    for _ in 0..<5 {
      times.append(
        try clock.measure {
          _ = try Graph(kerasModel: JSONValue(parsing: text, called: name))
        })
    }
    print("\(name): \(text.utf8.count) bytes of JSON became a graph in \(times.min()!)")
    // Ten times what it takes in release mode on a machine that does nothing else.
    #expect(times.min()! < .seconds(2))
  }
}
