import ArgumentParser
import Communication
import Datasets
import Foundation
import Tasks
import Tensors
import Training

/// `convoy data check`
struct DataCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Find what is wrong with data: files, classes, lists, masks, boxes, images that are there twice.",
    discussion: """
      Looks at every sample of all splits, on all threads, and under mpirun on all ranks; the findings are the same \
      on any number of them. The status is 3 if there are errors, else 0. All kinds of findings: \
      docs/checking-data.md.
      """)

  @Argument(
    help: ArgumentHelp(
      "A configuration, or a folder, list or file of data as 'data.train' takes it.", valueName: "config|data"))
  var path: String

  @Option(
    defaultAsFlag: "-",
    help: ArgumentHelp(
      "Also write all findings, with all files, as JSON; without a file, print them instead of the tables.",
      valueName: "file"))
  var json: String?

  @Option(help: ArgumentHelp("Also draw the images that findings are about, as PNG.", valueName: "file"))
  var sheet: String?

  @OptionGroup var overwrite: OverwriteOptions
  @OptionGroup var options: ConfigurationOptions

  func run() {
    Session.run { session in
      let recipe = try session.agree(.configuration) { try Recipe.ofConfiguration(path, options) }
      let inputs: [String?] = [path] + (recipe?.inputFiles ?? [])
      _ = try session.onFirst(.configuration) { () -> Void in
        for file in [json, sheet].compactMap(\.self) where file != "-" {
          try Destination.require(file, inputs: inputs, overwrite: overwrite)
        }
      }
      let check = try session.agree(.data) { try recipe.map { try DataCheck($0) } ?? DataCheck(location: path) }
      let placement = try ThreadPlacement(
        recipe?.threads ?? .automatic, pinning: recipe?.pin ?? .automatic, communicator: session.communicator)
      let pool = WorkerPool(count: placement.threads, processors: placement.processors)
      var last = ContinuousClock.now
      let result = try check.run(communicator: session.communicator, pool: pool) { done, count in
        guard session.isFirst, ContinuousClock.now - last > .seconds(10) else { return }
        last = .now
        Output.note("looked at \(done) of \(count) samples")
      }
      let hasErrors = result.count(.error) > 0
      _ = try session.onFirst(.data) { () -> Void in
        if let json, json != "-" { try OutputFile.write(try text(of: result), to: json) }
        if let sheet {
          if let picture = check.contactSheet(of: result) {
            try OutputFile.write(try picture.png(), to: sheet)
          } else {
            Output.note("no finding is about an image that could be drawn: \(sheet) was not written")
          }
        }
        let isInFiles = sheet != nil || json != nil && json != "-"
        Output.write(
          json == "-" ? String(decoding: try text(of: result), as: UTF8.self) : DataCheckText.of(result),
          isInFiles ? .dispensable : .essential)
      }
      if hasErrors { Session.end(with: .data) }
    }
  }

  private func text(of result: DataCheckResult) throws -> [UInt8] {
    let encoder = JSONEncoder.ofNumbers
    encoder.outputFormatting.insert(.prettyPrinted)
    return [UInt8](try encoder.encode(result)) + [0x0A]
  }
}
