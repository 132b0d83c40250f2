import ArgumentParser
import Networks

/// `convoy layers`
struct LayersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "layers", abstract: "List the classes of Keras that files and configurations may use.")

  func run() {
    Session.runAlone("layers") { Output.print(LayerRegistry.names.joined(separator: "\n")) }
  }
}
