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
    abstract: "Show the layers of a configuration's model or of a Keras file, with their parameters, work and memory.")

  private struct Report: Encodable {
    let layers: LayerTable
    let plan: PlanTable?
  }

  @Argument(help: ArgumentHelp("A configuration (YAML) or a Keras whole-model file.", valueName: "config|file"))
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
      guard Location.kind(path) == .file else {
        throw TrainingError(.data, "\(path): there is no such file; give a configuration (YAML) or a Keras file.")
      }
      try Checkpoint.requireSound(path)
      let (graph, shardSize) = try File.isHDF5(path) ? (KerasModel(reading: path).graph, nil) : configured()
      let layers = LayerTable(graph)
      let plan = try self.plan ? PlanTable(makePlan(graph, shardSize)) : nil
      if json { return try Output.printJSON(Report(layers: layers, plan: plan), pretty: true) }
      Output.print(layers.text)
      if let plan { Output.print("\n\(plan.text)") }
    }
  }

  /// The graph of a configuration and the images of a shard.
  private func configured() throws -> (Graph, Int?) {
    let recipe = try options.load(path).recipe
    let data = try described(recipe)
    return (try recipe.makeModel(input: data.input, classes: data.classes).graph, recipe.batch / recipe.shards)
  }

  /// A network that comes with Convoy can be looked at before its data is there.
  private func described(_ recipe: Recipe) throws -> (input: Shape, classes: Int) {
    if case .named(let name) = recipe.model, !Location.exists(recipe.data.train) {
      let (input, classes) = (Models.usualInput(of: name), Models.usualClasses(of: name))
      Output.note(
        "\(recipe.data.train) is not there; the model is shown for samples of shape \(input) and \(classes) classes."
      )
      return (input, classes)
    }
    return try recipe.describeData()
  }

  private func makePlan(_ graph: Graph, _ shardSize: Int?) throws -> Plan {
    guard let shardSize else { return try Planner().plan(graph, lanes: Layout.laneMultiple, mode: .inference) }
    return try Planner().plan(
      graph.removingFinalSoftmax() ?? graph, lanes: Layout.lanes(forImages: shardSize), mode: .training)
  }
}
