import ArgumentParser
import Networks
import Tensors

/// `convoy models`
struct ModelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models", abstract: "List the networks that come with convoy.",
    discussion: """
      With the samples and classes that each was made for, the numbers in its weights, and what the images of \
      published weights go through (Keras's modes of preprocess_input): tf is x / 127.5 - 1, caffe blue, green, red \
      less the mean colour, torch ImageNet's mean and deviation, none the pixels from 0 to 255 as they are.
      """)

  func run() {
    Session.runAlone("models") {
      var table = TextTable([
        ("model", .left), ("samples", .left), ("classes", .right), ("weights", .right), ("preprocessing", .left),
      ])
      for design in Models.designs {
        let weights = try design.graph(design.input, design.classes).parameterCount
        table.add([
          design.name, "\(design.input)", String(design.classes), weights.grouped,
          design.preprocessing?.rawValue ?? "",
        ])
      }
      Output.print(table.text)
    }
  }
}
