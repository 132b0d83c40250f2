import ArgumentParser
import Tensors

/// `convoy doctor`
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Look at this machine: what keeps a training from being fast, and how many ranks and threads are best.")

  @Argument(
    help: """
      A network to time, such as resnet50 or another name that a configuration takes; without it only the machine is \
      looked at.
      """
  )
  var model: String?

  @Option(help: "Images per step, over all ranks of this machine; 16 for each processor unless given.")
  var batch: Int?

  func validate() throws {
    if let batch, batch < 1 { throw ValidationError("--batch is \(batch), but must be at least 1.") }
    if batch != nil, model == nil { throw ValidationError("--batch belongs to a network; name one, such as resnet50.") }
  }

  func run() {
    Session.runAlone("doctor") {
      for finding in MachineFindings.all() {
        Output.print("\(finding.advice == nil ? "ok  " : "look") \(finding.subject): \(finding.fact)")
        if let advice = finding.advice { Output.print("     \(advice)") }
      }
      if let model { try compare(model) }
    }
  }

  /// Times every split, and recommends the fastest.
  private func compare(_ model: String) throws {
    let processors = Affinity.processors.count
    let trial = HybridTrial(model: model, batch: batch ?? 16 * processors, processors: processors)
    guard let launcher = Executable.find("mpirun") else { return }
    Output.print("\n\(model), \(trial.batch) images per step:")
    var results: [HybridTrial.Result] = []
    for split in trial.splits {
      let result = try trial.run(split, launcher: launcher)
      results.append(result)
      let speed = "\(Int(result.imagesPerSecond.rounded())) images/s"
      Output.print(
        "  \(split.ranks) ranks of \(split.threads) threads: \(speed), \(result.memory.bytes) on this machine")
    }
    guard let best = results.max(by: { $0.imagesPerSecond < $1.imagesPerSecond }) else { return }
    Output.print("\nfastest: mpirun --bind-to none -n \(best.ranks) convoy train CONFIG --set threads=\(best.threads)")
  }
}
