import Foundation
import Training

/// The folder that a training run leaves its files in.
struct RunFolder {
  let path: String
  /// The option that names the folder.
  var option = "--output"

  var history: String { path + "/history.jsonl" }
  private var configuration: String { path + "/config.yaml" }
  /// Its checkpoints, the newest first.
  var checkpoints: [String] { get throws(TrainingError) { try Checkpoint.files(in: path) } }

  /// The first line of `config.yaml`.
  private static let mark = "# Written by convoy train: the configuration with all defaults and overrides.\n"

  /// Makes the folder, and makes sure that files can be written in it before hours of training.
  func make() throws(TrainingError) {
    let probe = "\(path)/.writable-\(ProcessInfo.processInfo.processIdentifier)"
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      try Data().write(to: URL(fileURLWithPath: probe))
      try FileManager.default.removeItem(atPath: probe)
    } catch {
      throw TrainingError(
        .data,
        "the output folder \(path) cannot be written to; choose another one with \(option), or change its permissions.")
    }
  }

  /// Whether a run of this recipe goes on from a checkpoint in the folder. Throws where it would replace what nobody
  /// wants to lose.
  ///
  /// - Parameters:
  ///   - resume: whether it may go on from any run of its recipe.
  ///   - inputs: files that the run reads.
  func isContinuation(
    of recipe: Recipe, resume: Bool, overwrite: OverwriteOptions, inputs: [String?]
  ) throws(TrainingError) -> Bool {
    let checkpoints = try checkpoints
    guard !checkpoints.isEmpty else {
      if resume { Output.log("\(path) holds no checkpoint yet: training begins\n") }
      try requireNothingElse(inputs, overwrite)
      return false
    }
    if resume && !overwrite.isWanted { return true }
    let run = try Checkpoint.run(in: path)
    let difference = try run?.difference(from: recipe)
    if overwrite.isWanted {
      if resume, run != nil, difference == nil { return true }
      for file in checkpoints { try Destination.refuse(file, among: inputs) }
      try requireNothingElse(inputs, overwrite)
      Output.log("the run in \(path) is replaced, as soon as this one has saved a checkpoint\n")
      return false
    }
    if let run, run.isInterrupted, difference == nil {
      Output.log(
        "\(path) holds this run as a signal interrupted it; to begin anew, add --overwrite or another --output\n")
      return true
    }
    throw refusal(run, difference)
  }

  private func refusal(_ run: FoundRun?, _ difference: String?) -> TrainingError {
    let place = run.map { " after step \($0.header.state.step)" } ?? ", although no checkpoint of it is sound"
    if let difference {
      return TrainingError(
        .configuration,
        "\(path) holds another run\(place) (\(difference)); choose another folder with --output, or replace that run "
          + "with --overwrite.")
    }
    let remedy = run == nil ? "" : "go on with it with --resume, "
    return TrainingError(
      .configuration,
      "\(path) holds a run already\(place); \(remedy)train in another folder with --output, or replace it "
        + "with --overwrite.")
  }

  /// Files with the names that a run gives its own, where they are somebody else's.
  private func requireNothingElse(_ inputs: [String?], _ overwrite: OverwriteOptions) throws(TrainingError) {
    if isOwn { return }
    for file in [configuration, history] { try Destination.require(file, inputs: inputs, overwrite: overwrite) }
  }

  /// Whether a run has begun here.
  private var isOwn: Bool {
    guard let data = FileManager.default.contents(atPath: configuration) else { return false }
    return data.starts(with: Data(RunFolder.mark.utf8))
  }

  /// Writes `config.yaml`, whole or not at all.
  func write(_ recipe: Recipe) throws {
    do {
      try (RunFolder.mark + Configuration.yaml(recipe)).write(toFile: configuration, atomically: true, encoding: .utf8)
    } catch {
      throw TrainingError(
        .data, "\(configuration) cannot be written; check the space left on the disk and the folder's permissions.")
    }
  }
}
