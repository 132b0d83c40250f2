import ArgumentParser
import Datasets
import Tensors
import Training

/// `convoy data pack`
struct DataPackCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pack",
    abstract: "Decode samples once, and write them into one HDF5 file.",
    discussion: """
      All ranks of mpirun decode, on all their threads; the file is the same on any number of them. A run on it gives \
      the same weights as one on the data that it was made of.
      """)

  @Argument(
    help: ArgumentHelp(
      "A configuration, or a folder, list or file of data as 'data.train' takes it.", valueName: "config|data"))
  var path: String

  @Option(name: .shortAndLong, help: ArgumentHelp("The HDF5 file.", valueName: "file"))
  var output: String

  @Option(help: "Which data of the configuration.")
  var split = DataPart.train

  @Option(help: ArgumentHelp("Resize images to this.", valueName: "h,w,c"))
  var input: SampleShape?

  @OptionGroup var overwrite: OverwriteOptions
  @OptionGroup var options: ConfigurationOptions

  func run() {
    Session.run { session in
      let recipe = try session.agree(.configuration) { try Recipe.ofConfiguration(path, options) }
      _ = try session.onFirst(.configuration) { () -> Void in
        try Destination.require(output, inputs: [path] + (recipe?.inputFiles ?? []), overwrite: overwrite)
      }
      let placement = try ThreadPlacement(
        recipe?.threads ?? .automatic, pinning: recipe?.pin ?? .automatic, communicator: session.communicator)
      let pool = WorkerPool(count: placement.threads, processors: placement.processors)
      let pack = try session.agree(.data) {
        var wanted = try recipe?.wantedSamples() ?? SourceOptions()
        if let input { (wanted.shape, wanted.resize) = (input.shape, true) }
        // Every sample is read once.
        wanted.memoryLimit = 0
        return try DataPack(try recipe.map { try split.open($0, wanted, path) } ?? openSource(path, wanted))
      }
      var last = ContinuousClock.now
      try pack.write(to: output, communicator: session.communicator, pool: pool) { done, count in
        guard session.isFirst, ContinuousClock.now - last > .seconds(10) else { return }
        last = .now
        Output.note("wrote \(done) of \(count) samples")
      }
      guard session.isFirst else { return }
      Output.print("\(output): train on it with '\(pack.configuration(output))'", .dispensable)
    }
  }
}
