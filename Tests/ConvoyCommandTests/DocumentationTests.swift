import ConvoyCommand
import Foundation
import HDF5
import Testing

/// README and docs work as they are written.
@Suite(.serialized) struct DocumentationTests {
  /// An example may show a part: a configuration without a model or data gets these.
  @Test(arguments: Documentation.pages) func examplesAreConfigurations(page: String) throws {
    for example in try Documentation(page).blocks("yaml") {
      var text = example.hasPrefix("- ") ? "model: {input: [8, 8, 3], layers: [\(layer(example))]}\n" : example
      if !text.contains(/(?m)^model:/), !text.contains(/from: \S+\.h5/) { text += "\nmodel: lenet5\n" }
      if !text.contains(/(?m)^data:/) { text += "\ndata: {train: x, validation: y}\n" }
      #expect(throws: Never.self, "\(page): \(example)") { try configuration(text) }
    }
  }

  /// `- BatchNormalization: {momentum: 0.9}` in a list in brackets.
  private func layer(_ example: String) -> String { example.dropFirst(2).trimmingCharacters(in: .newlines) }

  @Test func everyKeyHasAnExample() throws {
    let examples = try Documentation("docs/configuration.md").blocks("yaml").joined()
    for key in Set(ConfigurationKeys.all.compactMap(\.last)).subtracting([
      "stored", "element", "range", "iterations", "architecture",
    ]) {
      #expect(examples.contains("\(key):"), "docs/configuration.md has no example of '\(key)'")
    }
  }

  @Test func optionsAreThoseOfTheCommands() throws {
    let convoy = try ConvoyProcess()
    defer { convoy.remove() }
    var help: [String: String] = [:]
    for page in Documentation.pages {
      for (command, arguments) in try Documentation(page).commands where ConvoyProcess.isCommand(command) {
        let options = arguments.prefix { $0 != "#" }.matches(of: /(?:^|[ \[])(--[a-z][a-z-]*)/).map { String($0.1) }
        guard !options.isEmpty else { continue }
        // A command inside another one has options of its own.
        let inner = command == "data" ? arguments.split(separator: " ").first.map(String.init) : nil
        let words = [command] + [inner].compactMap(\.self)
        let known = try help[words.joined()] ?? convoy.run(words + ["--help"]).output
        help[words.joined()] = known
        for option in options { #expect(known.contains(option), "\(page): convoy \(command) has no \(option)") }
      }
    }
    #expect(help.count > 8, "\(help.keys)")
  }

  @Test(arguments: Documentation.pages) func linksLeadSomewhere(page: String) throws {
    let folder = URL(fileURLWithPath: page, relativeTo: ConvoyProcess.root).deletingLastPathComponent()
    for link in try Documentation(page).links where !link.hasPrefix("http") {
      let parts = link.split(separator: "#", omittingEmptySubsequences: false)
      let path = parts[0].isEmpty ? page : folder.appending(path: String(parts[0])).standardized.relativeToRoot
      #expect(FileManager.default.fileExists(atPath: ConvoyProcess.root.appending(path: path).path), "\(page): \(link)")
      guard parts.count > 1, path.hasSuffix(".md") else { continue }
      #expect(try Documentation(path).anchors.contains(String(parts[1])), "\(page): \(link)")
    }
  }

  @Test(arguments: Documentation.pages) func linesAndCellsAreShort(page: String) throws {
    for (number, line) in try Documentation(page).prose {
      if line.hasPrefix("|") {
        for cell in line.components(separatedBy: " | ") {
          #expect(
            cell.split(separator: " ").count { $0.contains(where: \.isLetter) } <= 25, "\(page):\(number): \(cell)")
        }
      } else if !line.hasPrefix("    ") {
        #expect(line.count <= 120, "\(page):\(number) has \(line.count) columns")
      }
    }
  }

  /// The recipe and the five lines behind it, on five folders of 200 and 80 digits.
  @Test func firstTrainingOfTheReadmeLearns() throws {
    let convoy = try ConvoyProcess()
    defer { convoy.remove() }
    let page = try Documentation("README.md")
    try convoy.write("flowers.yaml", try #require(page.blocks("yaml").first))
    for (split, count) in [("train", 200), ("test", 80)] { try writeDigits(convoy, split, count) }
    try FileManager.default.copyItem(atPath: convoy.path("flowers/test/three/0.png"), toPath: convoy.path("some.jpg"))
    let script = try #require(page.blocks("").first { $0.contains("$convoy predict") })
    let lines = script.split(separator: "\n").map { $0.prefix { $0 != "#" }.trimmingCharacters(in: .whitespaces) }
    #expect(lines.count == 6 && lines[0].hasPrefix("convoy="))
    for line in lines.dropFirst() {
      let words = line.replacing("$convoy", with: "convoy").split(separator: " ").map(String.init)
      let place = try #require(words.firstIndex(of: "convoy"))
      let run = try convoy.run(Array(words[(place + 1)...]), ranks: place == 0 ? nil : Int(words[place - 1]))
      #expect(run.status == 0, "\(line): \(run.errors)")
      guard words[place + 1] == "train" else { continue }
      let test = try #require(run.output.firstMatch(of: /\ntest loss [0-9.]+ accuracy ([0-9.]+) %/))
      #expect(try #require(Double(test.1)) > 90, "\(run.output)")
      #expect(!run.output.contains("moving statistics"), "\(run.output)")
    }
  }

  /// Five classes of digits as PNG files in `flowers/SPLIT/CLASS`.
  private func writeDigits(_ convoy: ConvoyProcess, _ split: String, _ count: Int) throws {
    let file = try File(reading: ConvoyProcess.root.appending(path: "data/digits.h5").path)
    let group = try file.root.group(split)
    let images: [UInt8] = try group.dataset("images").read()
    let labels: [UInt8] = try group.dataset("labels").read()
    for (label, name) in ["zero", "one", "two", "three", "four"].enumerated() {
      let folder = "flowers/\(split)/\(name)"
      try FileManager.default.createDirectory(atPath: convoy.path(folder), withIntermediateDirectories: true)
      for (number, index) in labels.indices.filter({ labels[$0] == label }).prefix(count).enumerated() {
        let pixels = images[index * 784..<(index + 1) * 784]
        try convoy.writePicture("\(folder)/\(number).png", height: 28, width: 28, channels: 1, pixels)
      }
    }
  }

  /// The first two rows of the table: the same training, with and without statistics that follow.
  @Test func statisticsThatLagMakeTheDifference() throws {
    let convoy = try ConvoyProcess()
    defer { convoy.remove() }
    let page = try Documentation("docs/test-accuracy.md")
    let example = try #require(page.blocks("yaml").first).replacing(
      "data/digits", with: "\(ConvoyProcess.root.path)/data/digits")
    try convoy.write("lag.yaml", example)
    try convoy.write(
      "follow.yaml", example.replacing("BatchNormalization\n", with: "BatchNormalization: {momentum: 0.9}\n"))
    func figures(_ name: String) throws -> (said: Bool, training: Double, validation: Double) {
      let run = try convoy.run(["train", "\(name).yaml", "--output", name])
      #expect(run.status == 0, "\(run.errors)")
      func accuracy(_ part: String) throws -> Double {
        let match = run.output.firstMatch(
          of: try Regex("\n\(part) loss [0-9.]+ accuracy ([0-9.]+) %", as: (Substring, Substring).self))
        return try #require(match.flatMap { Double($0.1) }, "\(run.output)")
      }
      return (run.output.contains("moving statistics"), try accuracy("training"), try accuracy("validation"))
    }
    let (lag, follow) = (try figures("lag"), try figures("follow"))
    #expect(lag.said && !follow.said && lag.training == follow.training)
    #expect(lag.validation < 20 && follow.validation > 50)
  }
}

extension URL {
  /// The path below the repository.
  fileprivate var relativeToRoot: String {
    let root = ConvoyProcess.root.standardized.path
    return path.hasPrefix(root) ? String(path.dropFirst(root.count).drop { $0 == "/" }) : path
  }
}

extension ConvoyProcess {
  /// Prose may say "convoy knows"; these words are commands.
  fileprivate static func isCommand(_ word: String) -> Bool {
    [
      "train", "find-rate", "evaluate", "predict", "features", "forward", "inspect", "verify", "doctor", "import",
      "export", "convolve",
      "bench", "layers", "models",
    ].contains(word)
  }
}
