import ArgumentParser
import Training

/// `convoy forward`
struct ForwardCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "forward",
    abstract: "Run samples from an HDF5 file through a Keras file, as in inference.",
    discussion: """
      Reads /inputs/0, /inputs/1 ... (N, H, W, C), 32-bit floats that go in as they are, and writes /outputs/0 ... \
      and, with --layers, /activations/LAYER in the same order of axes.
      """)

  @Argument(help: "A file with a model, such as a checkpoint, or with weights.")
  var file: String

  @Argument(help: ArgumentHelp("An HDF5 file with the group /inputs.", valueName: "inputs.h5"))
  var inputs: String

  @Argument(help: ArgumentHelp("The HDF5 file to write.", valueName: "outputs.h5"))
  var outputs: String

  @Option(help: ArgumentHelp("Layers whose outputs are written too, with commas between them.", valueName: "a,b"))
  var layers: String?

  @OptionGroup var overwrite: OverwriteOptions
  @OptionGroup var architecture: ArchitectureOptions
  @OptionGroup var algorithm: ConvolutionOptions

  func run() {
    Session.runAlone("forward") {
      try Destination.require(outputs, inputs: [file, inputs, architecture.into], overwrite: overwrite)
      let sizes = try ForwardRun.sampleSizes(in: inputs)
      let run = try ForwardRun(
        LoadedModel(file, architecture.graph(sampleSizes: sizes), openSizes: sizes, convolution: algorithm.convolution)
          .telling(),
        inputs: inputs,
        keeping: layers?.split(separator: ",").map(String.init) ?? [])
      try run.write(to: outputs)
    }
  }
}
