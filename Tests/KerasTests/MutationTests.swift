import Archives
import Foundation
import HDF5
import Keras
import Networks
import Testing

/// Files in each of which one thing is wrong or unusual (Tests/Fixtures/keras/mutate.py): none is accepted in silence.
/// A file is refused, or its outputs are those of the file it was made from.
struct MutationTests {
  struct Expectation: Decodable {
    let expected: String
    let how: String
  }

  static let archive = Result { try ZipArchive(reading: fixture("mutations.zip")) }
  static let expectations: [String: Expectation] = {
    guard let archive = try? archive.get(), let entry = archive.entry("expectations.json"),
      let bytes = try? archive.read(entry, limit: 1 << 20)
    else { return [:] }
    return (try? JSONDecoder().decode([String: Expectation].self, from: Data(bytes))) ?? [:]
  }()

  private func extracted(_ name: String, beside path: String) throws -> String {
    let archive = try MutationTests.archive.get()
    let target = URL(filePath: path).deletingLastPathComponent().appending(path: name).path
    try archive.extract(try #require(archive.entry(name)), to: target)
    return target
  }

  @Test func thereAreMany() {
    #expect(MutationTests.expectations.count > 100)
    #expect(MutationTests.expectations.values.filter { $0.expected == "refused" }.count > 80)
  }

  @Test(arguments: expectations.keys.sorted()) func isRefusedOrEqual(_ name: String) throws {
    let expectation = try #require(MutationTests.expectations[name])
    try withTemporaryPath { path in
      let base = try KerasModel(reading: extracted("base.h5", beside: path))
      let file = name == "base.h5" ? base.weights.file : try extracted(name, beside: path)
      let result = Result { try outputs(of: file, into: expectation.how == "into" ? base.graph : nil, beside: path) }
      switch (result, expectation.expected) {
      case (.success(let outputs), "equal"):
        let wanted = try File(reading: extracted("golden.h5", beside: path)).root.dataset("outputs/0").read(Float.self)
        #expect(difference(outputs, wanted) <= 1e-5)
      case (.success, _): Issue.record("\(name) was accepted")
      case (.failure(let error), "refused"):
        let text = String(describing: error)
        #expect(error is KerasError && text.hasPrefix(URL(filePath: path).deletingLastPathComponent().path))
        #expect(text.hasSuffix(".") || text.hasSuffix(".)") || text.hasSuffix("?"), "\(text)")
      case (.failure(let error), _): Issue.record("\(name) was refused: \(error)")
      }
    }
  }

  /// - Parameter base: the architecture, which the file's own must not differ from; the file's own if nil.
  private func outputs(of file: String, into base: Graph?, beside path: String) throws -> [Float] {
    let weights: Weights
    let graph: Graph
    if let base {
      let stored = try KerasWeights(reading: file)
      var mapping = stored.mapping(onto: base)
      if stored.format.hasArchitecture { mapping.compare(with: try KerasModel(reading: file), base) }
      try mapping.requireComplete()
      (graph, weights) = (base, Weights(ParameterTable(base)))
      try mapping.load(into: weights)
    } else {
      let model = try KerasModel(reading: file)
      (graph, weights) = (model.graph, try model.loadedWeights())
    }
    let inputs = try File(reading: extracted("golden.h5", beside: path)).root.dataset("inputs/0").read(Float.self)
    return try Inference(graph, weights: weights).run([inputs]).outputs[0]
  }
}
