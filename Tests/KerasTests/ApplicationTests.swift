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

  /// Layer classes that do not exist yet: networks that need them are listed, not failed.
  private static func missingClasses(_ model: JSONValue) -> Set<String> {
    var missing: Set<String> = []
    for layer in model["config"]["layers"].asArray ?? [] {
      let name = layer["class_name"].asString ?? ""
      if layer["config"]["layers"] != .null {
        missing.formUnion(missingClasses(layer))
      } else if !LayerRegistry.names.contains(name), !(layer["module"].asString ?? "").contains(".ops."), name != "TFOpLambda" {
        missing.insert(name)
      }
    }
    return missing
  }

  /// Numbers in the weights that Keras counts: rows of [layer, class, [[name, shape], ...]].
  private static func count(_ weights: JSONValue) -> Int {
    (weights.asArray ?? []).reduce(0) { sum, row in
      sum + (row.asArray?[2].asArray ?? []).reduce(0) { part, weight in
        let sizes = (weight.asArray?.last ?? weight).asArray ?? []
        return part + sizes.reduce(1) { $0 * ($1.asInteger ?? 1) }
      }
    }
  }

  @Test(.enabled(if: isPresent, "\(folder) is absent"), arguments: [2, 3])
  func configurationsBuildAndPlan(_ version: Int) throws {
    let folder = "\(ApplicationTests.folder)/keras\(version)"
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      .filter { $0.hasSuffix(".json.gz") && !$0.hasSuffix(".weights.json.gz") }.map { String($0.dropLast(8)) }
    var missing: [String: Set<String>] = [:]
    var refused: [String] = []
    for name in names {
      let model = try ApplicationTests.read("\(folder)/\(name).json.gz")
      let absent = ApplicationTests.missingClasses(model)
      guard absent.isEmpty else {
        missing[name] = absent
        continue
      }
      do {
        let graph = try Graph(kerasModel: model, kerasVersion: version, openSize: 224)
        let weights = try ApplicationTests.read("\(folder)/\(name).weights.json.gz")
        #expect(graph.parameterCount == ApplicationTests.count(weights), "keras\(version)/\(name)")
        #expect(graph.kerasLayers.count(where: { _ in true }) > 0)
        let plan = try Planner().plan(graph, lanes: 16, mode: .inference)
        #expect(plan.arenaCount > 0)
        #expect(try Graph(kerasModel: graph.kerasModel).difference(from: graph) == nil, "keras\(version)/\(name)")
      } catch let error as ImportError {
        refused.append("\(name): \(error)")
      }
    }
    let classes = missing.values.reduce(into: Set<String>()) { $0.formUnion($1) }
    let built = names.count - missing.count - refused.count
    // What was there when this was written; it only grows.
    #expect(built >= (version == 2 ? 43 : 19))
    print("keras\(version): \(built) of \(names.count) networks of keras.applications; missing: "
      + "\(classes.sorted().joined(separator: ", ")) for \(missing.keys.sorted().joined(separator: ", "))\n\(refused.joined(separator: "\n"))")
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
