import Foundation
import HDF5
import Testing

/// Classes that training and evaluation would take in silence, or refuse without saying why.
@Suite struct ClassMistakeTests {
  /// Labels in HDF5, for a model that ends in so many outputs.
  struct Mistake: Sendable, CustomTestStringConvertible {
    let labels: [Int32]
    var names: [String] = []
    let outputs: Int
    var status: Int32 = 0
    /// Part of the sentence; empty where nothing is wrong.
    let sentence: String

    var testDescription: String { "\(labels) \(names) \(outputs)" }
  }

  static let mistakes = [
    Mistake(labels: [0, 1], outputs: 2, sentence: ""),
    Mistake(labels: [0, 1], names: ["a", "b"], outputs: 2, sentence: ""),
    Mistake(
      labels: [0, 0], outputs: 2, status: 3, sentence: "has one class only (0), so that there is nothing to tell"),
    Mistake(labels: [1, 1], names: ["a", "b"], outputs: 2, status: 3, sentence: "has one class only ('b')"),
    Mistake(labels: [0, 1, 3], outputs: 4, sentence: "d.h5:/ is of the class 2: if there is no such class"),
    Mistake(
      labels: [0, 2], names: ["a", "b", "c"], outputs: 3, sentence: "d.h5:/ is of the class 'b': if there is no"),
    Mistake(labels: [1, 2, 3], outputs: 4, sentence: "count from 1, so that no image is of the class 0"),
    Mistake(labels: [1, 2, 3], outputs: 3, status: 3, sentence: "count from 1 to 3, but the 3 outputs of the model"),
    Mistake(
      labels: [0, 1, 2], outputs: 2, status: 2, sentence: "ends in (2,), but the data has 3 classes, counted from 0"),
    Mistake(labels: [0, 1], outputs: 5, sentence: "ends in 5 outputs, but the labels of"),
    Mistake(
      labels: [0, 1], names: ["a", "b"], outputs: 5, status: 2, sentence: "has 2 classes (a, b); end it in a Dense"),
  ]

  private func write(_ labels: [Int32], _ names: [String], to path: String) throws {
    try File.replace(path) { file in
      _ = try file.root.write("images", (0..<16 * 48).map { UInt8($0 % 251) }, shape: [16, 4, 4, 3])
      _ = try file.root.write("labels", (0..<16).map { labels[$0 % labels.count] })
      if !names.isEmpty { try file.root.attributes.set("class_names", names) }
    }
  }

  private func configuration(_ model: String) -> String {
    "model: \(model)\ndata: {train: d.h5, test: d.h5}\nbatch: 8\nshards: 2\nepochs: 1\nthreads: 1\n"
  }

  private func layers(_ outputs: Int) -> String {
    "{input: [4, 4, 3], layers: [Flatten, Dense: {units: \(outputs), activation: softmax}]}"
  }

  @Test(arguments: mistakes) func training(_ mistake: Mistake) throws {
    let convoy = try ConvoyProcess()
    defer { convoy.remove() }
    try write(mistake.labels, mistake.names, to: convoy.path("d.h5"))
    try convoy.write("a.yaml", configuration(layers(mistake.outputs)))
    for command in [["train", "a.yaml", "--output", "run"], ["find-rate", "a.yaml", "--steps", "10"]] {
      let result = try convoy.run(command)
      #expect(result.status == mistake.status, "\(result.errors)")
      let said = (result.output + result.errors).split(separator: "\n").filter {
        ["class", "outputs"].contains(where: $0.contains) && !$0.hasPrefix("images")
      }
      #expect(
        said.count == (mistake.sentence.isEmpty ? 0 : 1) && said.allSatisfy { $0.contains(mistake.sentence) }, "\(said)"
      )
    }
  }

  /// A head that Convoy makes has an output for every number up to the highest label.
  @Test func numbersFarApart() throws {
    let convoy = try ConvoyProcess()
    defer { convoy.remove() }
    try write([0, 500], [], to: convoy.path("d.h5"))
    try convoy.write("a.yaml", configuration("resnet8"))
    let result = try convoy.run(["train", "a.yaml", "--output", "run"])
    #expect(result.status == 3)
    #expect(
      result.complaints.first?.contains("are 0, 500, so that most of 501 outputs would stand for no image") == true,
      "\(result.errors)")
  }

  @Test func evaluation() throws {
    let convoy = try ConvoyProcess()
    defer { convoy.remove() }
    try write([0, 1, 2], ["a", "b", "c"], to: convoy.path("d.h5"))
    try convoy.write("a.yaml", configuration(layers(3)))
    try #require(try convoy.run(["train", "a.yaml", "--output", "run"]).status == 0)
    let cases: [(labels: [Int32], names: [String], status: Int32, sentence: String)] = [
      ([0, 1, 2], ["a", "b", "c"], 0, ""), ([0, 1, 2], [], 0, ""),
      (
        [0, 1, 2], ["b", "a", "c"], 3, "was trained on a, b, c in another order; give data with the same classes in the"
      ),
      ([0, 1, 2], ["a", "b", "d"], 3, "was trained on a, b, c; give data with the same classes"),
      ([0, 1], [], 0, "end at 1, but 'model' tells 3 classes apart"),
      ([2, 2], [], 0, "are of the class 2, so that nothing is measured of the others"),
      ([0, 3], [], 3, "has label 3, but the network has 3 classes"),
    ]
    for (labels, names, status, sentence) in cases {
      try write(labels, names, to: convoy.path("d.h5"))
      let result = try convoy.run(["evaluate", "run/last.h5"])
      #expect(
        result.status == status && (sentence.isEmpty || result.errors.contains(sentence)),
        "\(labels) \(names): \(result.errors)")
      #expect(!sentence.isEmpty || result.errors.isEmpty, "\(result.errors)")
    }
    // Of a training that goes on from the file, too.
    try write([0, 1, 2], ["b", "a", "c"], to: convoy.path("d.h5"))
    let next = try convoy.run(["train", "a.yaml", "--output", "next", "--set", "model=run/last.h5"])
    #expect(
      next.status == 2 && next.complaints.first?.contains("in another order; give data with the same classes") == true,
      "\(next.errors)")
  }
}
