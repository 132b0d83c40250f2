import ArgumentParser
import Tasks
import Training

/// `convoy data preview`
struct DataPreviewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "preview",
    abstract: "Draw samples as the network is given them: after all transforms, with labels, boxes and masks.",
    discussion: """
      Training data is drawn in the order of the epoch, with the random draws that training makes in it: the same \
      pixels, undone to the numbers that are stored. Validation and test data are not transformed.
      """)

  @Argument(help: ArgumentHelp("The configuration, YAML.", valueName: "config"))
  var path: String

  @Option(help: "Which data of the configuration.")
  var split = DataPart.train

  @Option(help: ArgumentHelp("The epoch, counted from 1 as training does.", valueName: "n"))
  var epoch = 1

  @Option(help: ArgumentHelp("How many samples.", valueName: "n"))
  var samples = 24

  @Option(
    name: [.customLong("out"), .customLong("output")], help: ArgumentHelp("The picture, PNG.", valueName: "file"))
  var output = "preview.png"

  @OptionGroup var overwrite: OverwriteOptions
  @OptionGroup var options: ConfigurationOptions

  func validate() throws {
    if epoch < 1 { throw ValidationError("--epoch is \(epoch), but must be at least 1.") }
    if !(1...1000).contains(samples) { throw ValidationError("--samples is \(samples), but must be 1 to 1000.") }
  }

  func run() {
    Session.runAlone("data preview") {
      let recipe = try options.load(path).recipe
      try Destination.require(output, inputs: [path] + recipe.inputFiles, overwrite: overwrite)
      let preview = try DataPreview(recipe, split: DataPreview.Split(rawValue: split.rawValue)!)
      let picture = try preview.picture(epoch: epoch - 1, samples: samples)
      try OutputFile.write(try picture.png(), to: output)
      Output.print(
        "\(output): \(min(samples, preview.count)) samples of \(split.rawValue), epoch \(epoch)", .dispensable)
    }
  }
}
