import Communication
import Datasets
import Foundation
import Synchronization
import Tensors
import TestSupport
import Testing
import Training

/// Data with one fault each, and its clean twin.
@Suite struct DataCheckTests {
  @Test(arguments: SeededFault.all) func findsTheFaultAndNothingElse(_ fault: SeededFault) throws {
    for isFaulty in [false, true] {
      let folder = try TemporaryFolder()
      var data = SeededData(in: folder.path)
      try fault.make(&data, isFaulty)
      let findings = try DataCheckTests.check(data).findings
      guard isFaulty else {
        #expect(findings.isEmpty, "\(findings.map(\.sentence))")
        continue
      }
      let found = findings.filter { $0.kind == fault.kind }
      #expect(found.count == 1, "\(findings.map(\.sentence))")
      let files = found.flatMap { $0.cases.flatMap(\.files) }
      #expect(files.contains { $0.hasSuffix(fault.file) }, "\(files)")
      #expect(Set(findings.map(\.kind)) == fault.others.union([fault.kind]), "\(findings.map(\.sentence))")
      for finding in found {
        #expect(!finding.sentence.contains("\n") && !finding.remedy.isEmpty)
        #expect(finding.severity == fault.kind.severity)
      }
    }
  }

  @Test func thereAreEnough() {
    #expect(SeededFault.all.count >= 100)
    let kinds = Set(SeededFault.all.map(\.kind))
    #expect(FindingKind.allCases.filter { !kinds.contains($0) } == [])
  }

  @Test func tellsOfNamesWithoutSamples() throws {
    let folder = try TemporaryFolder()
    var data = SeededData(in: folder.path)
    try data.list(",label", [",0", ",1", ",0"])
    try data.use(train: "list.csv") {
      $0.data.columns = try SeededData.columns(#"{"label": {"kind": "category", "classNames": ["a", "b", "c"]}}"#)
    }
    let findings = try DataCheckTests.check(data).findings
    #expect(findings.map(\.kind) == [.emptyClass] && findings[0].sentence.contains("(c)"), "\(findings)")
  }

  /// Every rank has the whole result, the same on any number of ranks and threads.
  @Test(arguments: [(1, 3), (2, 1), (3, 2)]) func ranksAndThreadsChangeNothing(ranks: Int, threads: Int) throws {
    let folder = try TemporaryFolder()
    let data = SeededData(in: folder.path)
    try data.classes(train: 12, test: 9)
    try data.image("test/cat/x.png", 2)
    try data.image("train/dog/x.png", 55) { $0.map { UInt8(Int($0) * 9 / 10) } }
    try data.write("train/cat/y.png", "nothing")
    let expected = try DataCheckTests.json(DataCheckTests.check(data))
    #expect(expected.contains("same-image-in-two-splits") && expected.contains("similar-image-in-two-splits"))
    let results = Mutex<[String]>([])
    let location = data.location
    let ended = DispatchSemaphore(value: 0)
    for communicator in InProcessCommunicator.group(size: ranks) {
      let thread = Thread {
        let result = try? DataCheck(location: location).run(
          communicator: communicator, pool: WorkerPool(count: threads))
        results.withLock { $0.append((try? result.map(DataCheckTests.json)) ?? "failed") }
        ended.signal()
      }
      thread.start()
    }
    for _ in 0..<ranks { ended.wait() }
    #expect(results.withLock { $0 } == Array(repeating: expected, count: ranks))
  }

  @Test func splitsAreThoseOfTraining() throws {
    let folder = try TemporaryFolder()
    var data = SeededData(in: folder.path)
    try data.classes(train: 10, test: 0)
    try data.use(train: "train") { $0.data.split = .init(validation: Share(0.2), test: Share(0.1), seed: 3) }
    let splits = try DataCheckTests.check(data).splits
    #expect(splits.map(\.name) == ["train", "validation", "test"])
    #expect(splits.map(\.samples) == [14, 4, 2])
    #expect(splits[1].classes.map(\.samples) == [2, 2])
  }

  @Test func meansAndDeviationsAreThoseOfThePixels() throws {
    let folder = try TemporaryFolder()
    let data = SeededData(in: folder.path)
    let pixels = [SeededData.pixels(1, 48, 48, 3), SeededData.pixels(2, 48, 48, 3)]
    try data.image("a/1.png", 1)
    try data.image("b/2.png", 2)
    let split = try DataCheckTests.check(data).splits[0]
    for channel in 0..<3 {
      let values = pixels.flatMap { all in stride(from: channel, to: all.count, by: 3).map { Double(all[$0]) } }
      let mean = values.reduce(0, +) / Double(values.count)
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
      #expect(abs(split.means[channel] - mean) < 1e-9)
      #expect(abs(split.deviations[channel] - variance.squareRoot()) < 1e-9)
    }
  }

  static func check(_ data: SeededData) throws -> DataCheckResult {
    let check = try data.recipe.map { try DataCheck($0) } ?? DataCheck(location: data.location)
    return try check.run(communicator: SingleCommunicator(), pool: WorkerPool(count: 2))
  }

  private static func json(_ result: DataCheckResult) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return String(decoding: try encoder.encode(result), as: UTF8.self)
  }
}
