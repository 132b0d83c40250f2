import Digests
import Foundation
import HDF5
import Kernels
import Testing

/// Weights, histories and evaluations stay the same, bit by bit, from version to version.
@Suite(.serialized) struct PinnedTests {
  /// SHA-256 of the weights, of the numbers of `history.jsonl` and of `evaluation.json`.
  private struct Results: Codable, Equatable {
    var weights: String
    var history: String
    var evaluation: String
  }

  /// By kind of processor, then by recipe.
  private typealias Record = [String: [String: Results]]

  private static let file = ConvoyProcess.root.appending(path: "Tests/Fixtures/pinned.json")
  private static let kind = "vectors of \(Processor.vectorFloats) floats"
  private static let isRecording = ProcessInfo.processInfo.environment["CONVOY_RECORD_PINNED"] != nil

  /// With `CONVOY_RECORD_PINNED=1` in the environment the results are recorded instead, for this kind of processor.
  @Test func resultsStayTheSame() throws {
    var record = try JSONDecoder().decode(Record.self, from: Data(contentsOf: PinnedTests.file))
    let expected = record[PinnedTests.kind]
    guard expected != nil || PinnedTests.isRecording else {
      print("skipped: nothing is recorded for this kind of processor (\(PinnedTests.kind))")
      return
    }
    var convoy = try ConvoyProcess()
    // Its kernels are part of what decides the last bits; these run on every processor that is recorded.
    convoy.variables["OPENBLAS_CORETYPE"] = "Haswell"
    defer { convoy.remove() }
    try writeMultiLabelData(convoy)
    var results: [String: Results] = [:]
    for recipe in PinnedRecipe.allCases { results[recipe.rawValue] = try run(recipe, convoy) }
    if PinnedTests.isRecording {
      record[PinnedTests.kind] = results
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      try (encoder.encode(record) + Data("\n".utf8)).write(to: PinnedTests.file)
    } else {
      for recipe in PinnedRecipe.allCases {
        let (now, before) = (results[recipe.rawValue], expected?[recipe.rawValue])
        #expect(now?.weights == before?.weights, "weights of \(recipe)")
        #expect(now?.history == before?.history, "history.jsonl of \(recipe)")
        #expect(now?.evaluation == before?.evaluation, "evaluation.json of \(recipe)")
      }
    }
  }

  private func run(_ recipe: PinnedRecipe, _ convoy: ConvoyProcess) throws -> Results {
    let name = recipe.rawValue
    let digits = ConvoyProcess.root.appending(path: "data/digits.h5").path
    try convoy.write("\(name).yaml", recipe.configuration(digits: digits))
    let limit = recipe.steps.map { ["--max-steps", String($0)] } ?? []
    let run = try convoy.run(["train", "\(name).yaml", "--output", name] + limit)
    try #require(run.status == 0, "\(name): \(run.errors)")
    let evaluation = try convoy.run(
      ["evaluate", "\(name)/last.h5", "--data", "\(name).yaml", "--split", "test", "--output", "\(name)-test"])
    try #require(evaluation.status == 0, "\(name): \(evaluation.errors)")
    return Results(
      weights: try #require(run.digest), history: digest(try history(convoy.read("\(name)/history.jsonl"))),
      evaluation: digest(try convoy.read("\(name)-test/evaluation.json")))
  }

  /// The lines without what was measured by a clock.
  private func history(_ text: String) throws -> String {
    try text.split(separator: "\n").map { line in
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
      var values = try #require(object as? [String: Any])
      for key in ["imagesPerSecond", "stepMilliseconds", "exposedMilliseconds", "loadingShare"] { values[key] = nil }
      let data = try JSONSerialization.data(withJSONObject: values, options: .sortedKeys)
      return String(decoding: data, as: UTF8.self) + "\n"
    }.joined()
  }

  private func digest(_ text: String) -> String {
    let hash = SHA256()
    hash.update([UInt8](text.utf8))
    return hash.finish()
  }

  /// Images of arbitrary bytes, with five labels each that follow from them.
  private func writeMultiLabelData(_ convoy: ConvoyProcess) throws {
    try File.replace(convoy.path("labels.h5")) { file in
      var state: UInt32 = 1
      for (group, count) in [("train", 50), ("test", 20)] {
        let pixels = (0..<count * 8 * 8 * 3).map { _ in
          state = state &* 1_664_525 &+ 1_013_904_223
          return UInt8(state >> 24)
        }
        let labels = (0..<count * 5).map { index in pixels[index / 5 * 192 + index % 5] > 100 ? UInt8(1) : 0 }
        _ = try file.root.write("\(group)/images", pixels, shape: [count, 8, 8, 3])
        _ = try file.root.write("\(group)/labels", labels, shape: [count, 5])
      }
    }
  }
}
