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
  }

  @Argument(help: ArgumentHelp("A configuration (YAML), or a file with a model or weights.", valueName: "config|file"))
  var path: String

  @Flag(
    help:
      "Show where every tensor lies in memory, and which share it: for a shard of training; given a file, for inference."
  )
  var plan = false

  @Flag(help: "Print JSON.")
  var json = false

  @OptionGroup var options: ConfigurationOptions

  func run() {
    Session.runAlone("inspect") {
      guard Location.exists(path) else {
        throw TrainingError(.data, "\(path): there is no such file; give a configuration (YAML) or a Keras file.")
      }
      let isConfiguration = ModelFile.isConfiguration(path)
      if try !isConfiguration && !ModelFileFormat(of: path).hasArchitecture { return try showWeights() }
      if !isConfiguration { try Checkpoint.requireSound(path) }
      let (graph, shardSize) = try isConfiguration ? configured() : (KerasModel(reading: path).graph, nil)
      let layers = LayerTable(graph)
      let plan = try self.plan ? PlanTable(makePlan(graph, shardSize)) : nil
      if json { return try Output.printJSON(Report(layers: layers, plan: plan), pretty: true) }
      Output.print(layers.text)
      if let plan { Output.print("\n\(plan.text)") }
    }
  }

  private func showWeights() throws {
    guard !plan else {
      throw TrainingError(
        .configuration, "\(path) holds weights without an architecture, for which there is no plan; remove --plan.")
    }
    let table = TensorTable(try KerasWeights(reading: path))
    if json { try Output.printJSON(table, pretty: true) } else { Output.print(table.text) }
  }

  /// The graph of a configuration and the images of a shard.
  private func configured() throws -> (Graph, Int?) {
    let recipe = try options.load(path).recipe
    return (try recipe.describedModel().graph, recipe.batch / recipe.shards)
  }

  private func makePlan(_ graph: Graph, _ shardSize: Int?) throws -> Plan {
    guard let shardSize else { return try Planner().plan(graph, lanes: Layout.laneMultiple, mode: .inference) }
    return try Planner().plan(
      graph.removingFinalSoftmax() ?? graph, lanes: Layout.lanes(forImages: shardSize), mode: .training)
  }
}
