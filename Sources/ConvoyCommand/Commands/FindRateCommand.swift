import ArgumentParser
import Reports
import Training

/// `convoy find-rate`
struct FindRateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "find-rate",
    abstract: "Suggest a learning rate: a short training whose rate grows; under mpirun, on all ranks together.",
    discussion: """
      Nothing is saved. Of a fine-tuning, the first phase is tried. The suggestion is the rate at which the loss falls \
      fastest; a tenth of the rate of the lowest loss is the careful choice.
      """)

  @Argument(help: ArgumentHelp("The configuration, YAML.", valueName: "config"))
  var path: String

  @Option(help: "The first rate.")
  var from = 1e-6

  @Option(help: "The last rate, if the loss has not left all bounds before.")
  var to = 10.0

  @Option(help: ArgumentHelp("Steps from the one to the other.", valueName: "n"))
  var steps = 100

  @Option(help: ArgumentHelp("Also write rates.csv and rates.svg, a picture, into this folder.", valueName: "dir"))
  var output: String?

  @OptionGroup var overwrite: OverwriteOptions

  @Flag(help: "Print one line of JSON.")
  var json = false

  @OptionGroup var options: ConfigurationOptions

  /// Lines of the table, about.
  private static let shown = 25

  func validate() throws {
    guard from > 0, to > from, to.isFinite else {
      throw ValidationError(
        "--from \(from) and --to \(to) are no growing rates; give two numbers above 0, the smaller one first.")
    }
    guard steps >= 10 else { throw ValidationError("--steps is \(steps), but must be at least 10.") }
  }

  func run() {
    Session.run { session in
      let recipe = try session.agree(.configuration) { try options.load(path).recipe }
      let lock = try session.claim(
        output, RateReport.fileNames, for: "find-rate", inputs: [path] + recipe.inputFiles, overwrite: overwrite)
      defer { withExtendedLifetime(lock) {} }
      let search = try RateSearch(recipe, from: from, to: to, steps: steps, communicator: session.communicator)
      let report = RateReport(search)
      guard session.isFirst else { return }
      for notice in search.notices { Output.note(notice) }
      if let output { try report.write(into: output) }
      let need: Output.Need = output == nil ? .essential : .dispensable
      if json { return try Output.printJSON(report, need) }
      Output.print(text(of: report), need)
    }
  }

  private func text(of report: RateReport) -> String {
    var table = TextTable([("rate", .right), ("loss", .right), ("mean", .right)])
    let stride = max(1, report.points.count / FindRateCommand.shown)
    for (index, point) in report.points.enumerated() where index % stride == 0 || index == report.points.count - 1 {
      table.add([RateReport.text(point.rate), point.loss.digits, point.smoothed.digits])
    }
    let end = report.isDiverged ? "the loss left all bounds" : "the last rate was reached"
    guard let suggestion = report.suggestion, let careful = report.careful else {
      return
        "\(table.text)\n\(end); the loss never fell, so there is no suggestion: give a smaller --from, or check model "
        + "and data"
    }
    return
      "\(table.text)\n\(end)\nsuggestion: \(RateReport.text(suggestion)), where the loss falls fastest; careful: "
      + "\(RateReport.text(careful)), a tenth of the rate of the lowest loss"
  }
}

extension Double {
  /// With four digits behind the point.
  fileprivate var digits: String {
    guard isFinite, magnitude < 1e12 else { return "\(self)" }
    let scaled = Int((self * 1e4).rounded())
    let rest = String(scaled.magnitude % 10_000)
    return
      "\(scaled < 0 ? "-" : "")\(scaled.magnitude / 10_000).\(String(repeating: "0", count: 4 - rest.count))\(rest)"
  }
}
