import Foundation
import Reports
import Testing
import Training

@Suite struct EvaluationTests {
  /// 3 classes: 5 cats of which 1 is taken for a dog, 2 dogs taken for cats, no cow.
  private var result: EvaluationResult {
    var result = EvaluationResult(classes: 3)
    result.confusion[label: 0, predicted: 0] = 4
    result.confusion[label: 0, predicted: 1] = 1
    result.confusion[label: 1, predicted: 0] = 2
    result.metrics = Metrics(lossSum: 3.5, correct: 4, samples: 7)
    return result
  }

  private var report: EvaluationReport {
    EvaluationReport(result, file: "a & b.h5", split: "test", classNames: ["cats, \"big\"", "dogs", "cows"])
  }

  @Test func sharesAreThoseOfScikitLearn() {
    // sklearn.metrics.classification_report([0]*5 + [1]*2, [0, 0, 0, 0, 1, 0, 0], zero_division=0)
    let report = report
    #expect(report.classes[0].precision == 4.0 / 6 && report.classes[0].recall == 0.8)
    #expect(abs((report.classes[0].f1 ?? 0) - 8.0 / 11) < 1e-15)
    #expect(report.classes[1].precision == 0 && report.classes[1].recall == 0 && report.classes[1].f1 == 0)
    // A class that occurs nowhere has no shares, and no part in the means.
    #expect(report.classes[2].precision == nil && report.classes[2].recall == nil && report.classes[2].f1 == nil)
    #expect(report.precision == 4.0 / 12 && report.recall == 0.4)
    #expect(report.topFive == nil)
    #expect(report.loss == 0.5)
  }

  @Test func filesAreWhatTheirFormatsAsk() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "convoy-evaluation-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try report.write(into: folder)
    func text(_ name: String) throws -> String { try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8) }
    #expect(
      try text("confusion.csv") == """
        label,"cats, ""big""\",dogs,cows
        "cats, ""big""\",4,1,0
        dogs,2,0,0
        cows,0,0,0

        """)
    #expect(try text("classes.csv").hasSuffix("dogs,2,1,0,0.0,0.0,0.0\ncows,0,0,0,,,\n"))
    let json = try #require(
      try JSONSerialization.jsonObject(with: Data(text("evaluation.json").utf8)) as? [String: Any])
    #expect(json["confusion"] as? [[Int]] == [[4, 1, 0], [2, 0, 0], [0, 0, 0]])
    let picture = XMLCheck(try text("confusion.svg"))
    #expect(picture.isWellFormed)
    #expect(
      picture.titles == [
        "cats, \"big\" taken for cats, \"big\": 4 of 5", "cats, \"big\" taken for dogs: 1 of 5",
        "dogs taken for cats, \"big\": 2 of 2",
      ])
  }

  /// Four images of three labels, of which nobody has the last: [1 0 0], [1 1 0], [0 1 0], [0 0 0].
  @Test func labelsThatExcludeNobody() throws {
    var result = EvaluationResult(labels: 3)
    result.labels = [
      ClassScore(images: 2, predicted: 3, correct: 2), ClassScore(images: 2, predicted: 1, correct: 1), ClassScore(),
    ]
    result.metrics = Metrics(lossSum: 2, correct: 2, samples: 4)
    let report = EvaluationReport(result, file: "a.h5", split: "test", classNames: ["sun", "sea", "snow"])
    #expect(report.exactMatch == 0.5 && report.accuracy == 0.5 && report.topFive == nil && report.confusion == nil)
    #expect(report.classes[0].precision == 2.0 / 3 && report.classes[0].recall == 1 && report.classes[0].f1 == 0.8)
    #expect(report.classes[1].precision == 1 && report.classes[1].recall == 0.5 && report.classes[2].f1 == nil)
    #expect(abs(report.f1 - (0.8 + 2.0 / 3) / 2) < 1e-15, "the mean over the labels that occur")
    let folder = FileManager.default.temporaryDirectory.appending(path: "convoy-evaluation-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try report.write(into: folder)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["classes.csv", "evaluation.json"])
  }

  @Test func aFolderThatCannotBeMade() throws {
    #expect(throws: TrainingError.self) { try report.write(into: "/dev/null/eval") }
  }

  @Test func matricesTravelWhole() throws {
    let copy = try JSONDecoder().decode(EvaluationResult.self, from: JSONEncoder().encode(result))
    #expect(copy == result)
  }
}
