import ArgumentParser

/// `convoy data`
struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Look at data before anything is trained on it.",
    subcommands: [DataCheckCommand.self, DataPackCommand.self, DataPreviewCommand.self])
}
