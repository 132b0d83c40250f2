import ArgumentParser
import HDF5
import Keras
import Networks
import Tensors
import Training

/// `convoy inspect`
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show the layers of a configuration's model or of a file, with their parameters, work and memory.",
    discussion: "Of a file that holds weights without an architecture, the arrays are shown.")

  private struct Report: Encodable {
    let layers: LayerTable
    let plan: PlanTable?
    let memory: MemoryTable?
  }

  @Argument(
    help: ArgumentHelp(
      "A configuration (YAML), a file with a model or weights, or a network that comes with convoy.",
      valueName: "config|file|model"))
  var path: String

  @Option(help: ArgumentHelp("The shape of a sample for a model that leaves sizes open.", valueName: "h,w,c"))
  var input: SampleShape?

  @Flag(
    help:
      "Show where every tensor lies in memory, and which share it: for a shard of training; given a file, for inference."
  )
  var plan = false

  @Option(help: "Ranks for whose memory --plan is shown.")
  var ranks = 1

  @Option(help: "Threads of each of these ranks.")
  var threads = 1

  @Flag(help: "Print JSON.")
  var json = false

  @OptionGroup var options: ConfigurationOptions

  func validate() throws {
    for (name, value) in [("ranks", ranks), ("threads", threads)] where value < 1 {
      throw ValidationError("--\(name) is \(value), but must be at least 1.")
    }
  }

  func run() {
    Session.runAlone("inspect") {
      let design = Models.design(named: path)
      guard Location.exists(path) || design != nil else {
        throw TrainingError(.data, "\(path): there is no such file; give a configuration (YAML) or a Keras file, or a network that 'convoy models' lists.")
      }
      if !Location.exists(path), let design { return try show(design.graph(input?.shape ?? design.input, design.classes)) }
      let isConfiguration = ModelFile.isConfiguration(path)
      if try !isConfiguration && !ModelFileFormat(of: path).hasArchitecture { return try showWeights() }
      if !isConfiguration { try Checkpoint.requireSound(path) }
      let recipe = try isConfiguration ? options.load(path).recipe : nil
      let sizes = input.map { OpenSizes.samples([$0.shape.dimensions]) } ?? .refused
      try show(recipe?.describedModel().graph ?? KerasModel(reading: path, openSizes: sizes).graph, recipe)
    }
  }

  private func show(_ graph: Graph, _ recipe: Recipe? = nil) throws {
    let layers = LayerTable(graph)
    let plan = try self.plan ? PlanTable(makePlan(graph, recipe)) : nil
    let memory = try self.plan ? self.memory(of: graph, recipe) : nil
    if json { return try Output.printJSON(Report(layers: layers, plan: plan, memory: memory), pretty: true) }
    Output.print(layers.text)
    if let plan { Output.print("\n\(plan.text)") }
    if let memory { Output.print("\n\(memory.text)") }
  }

  private func showWeights() throws {
    guard !plan else {
      throw TrainingError(
        .configuration, "\(path) holds weights without an architecture, for which there is no plan; remove --plan.")
    }
    let table = TensorTable(try KerasWeights(reading: path))
    if json { try Output.printJSON(table, pretty: true) } else { Output.print(table.text) }
  }

  /// Nil where the data, which takes part of it, is not there.
  private func memory(of graph: Graph, _ recipe: Recipe?) throws -> MemoryTable? {
    guard let recipe, Location.exists(recipe.data.train) else { return nil }
    return MemoryTable(
      try MemoryEstimate(recipe, graph, ranks: ranks, threads: threads), ranks: ranks, threads: threads)
  }

  /// For a shard of training, or, without a recipe, for inference.
  private func makePlan(_ graph: Graph, _ recipe: Recipe?) throws -> Plan {
    try recipe?.makePlan(graph) ?? Planner().plan(graph, lanes: Layout.laneMultiple, mode: .inference)
  }
}
