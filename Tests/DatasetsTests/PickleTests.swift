import Datasets
import Foundation
import Tensors
import Testing

/// CIFAR's Python batches (Tests/Fixtures/sources).
@Suite struct PickleTests {
  private let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures/sources").path

  @Test(arguments: 2...5) func readsEveryProtocolOfPython3(number: Int) throws {
    let source = try openSource("\(fixtures)/pickles/protocol\(number)")
    let images = try bytes("\(fixtures)/arrays/images.npy").suffix(20 * 3072)
    #expect(source.count == 20 && (0..<20).map(source.label) == (0..<20).map { $0 % 10 })
    #expect(try (0..<20).flatMap { try source.sample($0) } == Array(images))
  }

  @Test func readsOneHundredClasses() throws {
    for (split, count) in [("train", 20), ("test", 10)] {
      let source = try openSource("\(fixtures)/cifar-100-python:/\(split)")
      #expect(source.count == count && source.classNames.count == 100 && source.classNames[7] == "f07")
      #expect(source.label(at: 9) == 9)
    }
    try expectSentence(["add a split"]) { _ = try openSource("\(fixtures)/cifar-100-python") }
  }

  /// Names that could run something are reported and not run.
  @Test func callsNothing() throws {
    let folder = try TemporaryFolder()
    let text = "\u{80}\u{2}}(U\u{B}batch_labelcos\nsystem\nU\u{6}id > x\u{85}Ru."
    let path = try folder.write("data_batch_1", text.unicodeScalars.map { UInt8($0.value) })
    try expectSentence([path, "calls 'os.system'", "not run"]) { _ = try openSource(path) }
  }

  @Test func damageIsAnErrorEverywhere() throws {
    let folder = try TemporaryFolder()
    var whole = try bytes("\(fixtures)/cifar-10-batches-py/data_batch_1")
    // All but the pixels.
    let pixels = try #require(whole.indices.first { whole[$0...].starts(with: [0x54, 0, 0x30, 0, 0]) }) + 5
    for place in Array(0..<pixels) + Array(pixels + 4 * 3072..<whole.count) {
      let byte = whole[place]
      for wrong in [0, 0x28, 0x52, 0x62, 0x71, 0xFF] as [UInt8] {
        whole[place] = wrong
        do { _ = try openSource(try folder.write("data_batch_1", whole)) } catch is DataError {}
      }
      whole[place] = byte
    }
  }
}
