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
    let phases: [PhaseTable]?
    let notes: ModelNotes?
  }

  @Argument(
    help: ArgumentHelp(
      "A configuration (YAML), a file with a model or weights, or a network that comes with convoy.",
      valueName: "config|file|model"))
  var path: String

  @Option(help: ArgumentHelp("The shape of a sample for a model that leaves sizes open.", valueName: "h,w,c"))
  var input: SampleShape?

  @Flag(
    help: """
      Show where every tensor lies in memory, and which share it: for a shard of training, in each phase of a \
      fine-tuning; given a file, for inference.
      """
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
        throw TrainingError(
          .data,
          "\(path): there is no such file; give a configuration (YAML) or a Keras file, or a network that 'convoy "
            + "models' lists."
        )
      }
      if !Location.exists(path), let design {
        return try show(design.graph(input?.shape ?? design.input, design.classes))
      }
      let isConfiguration = ModelFile.isConfiguration(path)
      if try !isConfiguration && !ModelFileFormat(of: path).hasArchitecture { return try showWeights() }
      if !isConfiguration { try Checkpoint.requireSound(path) }
      let recipe = try isConfiguration ? options.load(path).recipe : nil
      let sizes = input.map { OpenSizes.samples([$0.shape.dimensions]) } ?? .refused
      if let recipe { return try show(recipe) }
      let hasWeights = try ModelFileFormat(of: path) != .architecture
      try show(KerasModel.architecture(reading: path, openSizes: sizes), hasWeights ? ModelNotes.read(from: path) : nil)
    }
  }

  /// Of a file or a network: for inference.
  private func show(_ graph: Graph, _ notes: ModelNotes? = nil) throws {
    let plan =
      try self.plan
      ? PlanTable(
        Planner().plan(graph.choosingForInference(.automatic), lanes: Layout.laneMultiple, mode: .inference)) : nil
    if json {
      return try Output.printJSON(
        Report(layers: LayerTable(graph), plan: plan, memory: nil, phases: nil, notes: notes), pretty: true)
    }
    Output.print(LayerTable(graph).text)
    for setting in graph.foreignSettings { Output.note(setting.description) }
    if let notes { Output.print(notes.description) }
    if let plan { Output.print("\n\(plan.text)") }
  }

  /// Of a configuration: for training, phase by phase. What takes memory is only known where the data is there.
  private func show(_ recipe: Recipe) throws {
    let model = try recipe.describedModel()
    let layers = LayerTable(model.graph)
    guard plan else {
      if json {
        return try Output.printJSON(
          Report(layers: layers, plan: nil, memory: nil, phases: nil, notes: nil), pretty: true)
      }
      return Output.print(layers.text)
    }
    let hasData = Location.exists(recipe.data.train)
    let run = try RunPlan(recipe, model, hasData: hasData)
    let memory = hasData ? try run.memory(ranks: ranks, threads: threads, isLaunched: ranks > 1) : []
    let phases = run.stages.enumerated().map { index, stage in
      PhaseTable(
        sentence: run.sentence(stage), plan: PlanTable(stage.plan),
        memory: memory.isEmpty ? nil : MemoryTable(memory[index], ranks: ranks, threads: threads))
    }
    if json {
      let isOne = recipe.finetune == nil
      return try Output.printJSON(
        Report(
          layers: layers, plan: isOne ? phases[0].plan : nil, memory: isOne ? phases[0].memory : nil,
          phases: isOne ? nil : phases, notes: nil), pretty: true)
    }
    Output.print(layers.text)
    for phase in phases { Output.print("\n\(phase.text)") }
  }

  private func showWeights() throws {
    guard !plan else {
      throw TrainingError(
        .configuration, "\(path) holds weights without an architecture, for which there is no plan; remove --plan.")
    }
    let weights = try KerasWeights(reading: path)
    let table = TensorTable(weights)
    if json { return try Output.printJSON(table, pretty: true) }
    Output.print(table.text)
    if let notes = try ModelNotes.read(from: path) { Output.print(notes.description) }
  }
}
