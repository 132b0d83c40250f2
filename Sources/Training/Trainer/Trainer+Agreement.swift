import Communication
import Datasets
import Digests
import Foundation
import Kernels
import Networks
import Tensors

extension Trainer {
  /// All ranks compare program, configuration and data, as soon as they have them. Collective.
  func agreeOnData() throws(TrainingError) {
    guard communicator.size > 1 else { return }
    communicator.supervision.enter(.checking)
    let describe = { [self] (source: (any DataSource)?) throws(TrainingError) in
      try source.map { source throws(TrainingError) in try self.describe(source) } ?? "none"
    }
    var subjects = [
      Subject("the program", programDigest, "install the same build everywhere"),
      Subject("the training data", try describe(sources.train), "give all ranks the same files"),
      Subject("the validation data", try describe(sources.validation), "give all ranks the same files"),
      Subject("the test data", try describe(sources.test), "give all ranks the same files"),
    ]
    for (key, value) in recipe.commonFields.sorted(by: { $0.key < $1.key }) {
      subjects.append(
        Subject(
          "the configuration", "'\(key)' is \(value)", "start all ranks with the same configuration", isReadable: true))
    }
    try compare(subjects)
  }

  /// All ranks compare what they are about to do, before the first step. Collective.
  func agreeOnStart() throws(TrainingError) {
    guard communicator.size > 1 else { return }
    communicator.supervision.enter(.checking)
    try compare([
      Subject("the plan", SHA256.digest(of: outline(of: engine.plan)), "install the same build everywhere"),
      Subject(
        "the first weights", "\(weights.trainable.checksum) \(weights.states.checksum)",
        "give all ranks the same model file"),
      Subject("the point of resumption", "\(state.step) \(state.samples)", "give all ranks the same output folder"),
    ])
  }

  /// The same before the first step of a phase. Collective.
  func agreeOnStage() throws(TrainingError) {
    guard communicator.size > 1 else { return }
    communicator.supervision.enter(.checking)
    try compare([
      Subject(
        "the plan of the next phase", SHA256.digest(of: outline(of: engine.plan)), "install the same build everywhere"),
      Subject(
        "the weights", "\(weights.trainable.checksum) \(weights.states.checksum)",
        "go on from the last checkpoint with --resume"),
    ])
  }

  /// Something that must be the same on all ranks.
  private struct Subject: Codable {
    let name: String
    let value: String
    let remedy: String
    /// Whether a person can read the value.
    let isReadable: Bool

    init(_ name: String, _ value: String, _ remedy: String, isReadable: Bool = false) {
      (self.name, self.value, self.remedy, self.isReadable) = (name, value, remedy, isReadable)
    }
  }

  /// Throws on all ranks, naming the odd ones out, where something is not the same everywhere.
  private func compare(_ subjects: [Subject]) throws(TrainingError) {
    let gathered: [[Subject]]
    do {
      gathered = try communicator.allGather([UInt8](try JSONEncoder().encode(subjects))).map {
        try JSONDecoder().decode([Subject].self, from: Data($0))
      }
    } catch {
      throw TrainingError(.ranks, "what the ranks are about to do could not be compared: \(error)")
    }
    // Another configuration makes other plans and weights: it is looked for first.
    for index in subjects.indices.sorted(by: { subjects[$0].isReadable && !subjects[$1].isReadable }) {
      let odd = communicator.minority { gathered[$0][index].value == gathered[$1][index].value }
      guard let first = odd.first else { continue }
      let subject = gathered[first][index]
      let names = odd.map { rank in
        communicator.name(of: rank) + (subject.isReadable ? " (\(gathered[rank][index].value))" : "")
      }
      let others = (0..<communicator.size).first { !odd.contains($0) }
      let against = others.map { subject.isReadable ? " (\(gathered[$0][index].value))" : "" } ?? ""
      throw TrainingError(
        .configuration,
        others == nil
          ? "\(subject.name) differs between \(names.joined(separator: " and ")); \(subject.remedy)."
          : "\(subject.name) of \(names.joined(separator: ", ")) is not that of the other ranks\(against); "
            + "\(subject.remedy).",
        isShared: true)
    }
  }

  /// What of a plan does not depend on the processor.
  private func outline(of plan: Plan) -> String {
    plan.steps.map { step in
      let parameters = step.parameters.map { "\($0.path) \($0.range)" }
      let shapes = (step.inputs + step.outputs).map { "\($0.shape)" }
      return "\(step.name) \(type(of: step.layer)) \(shapes) \(parameters) \(step.pooledChannels)"
    }.joined(separator: "\n")
  }

  /// Number, shape, classes and labels of all samples, and the contents of some.
  private func describe(_ source: any DataSource) throws(TrainingError) -> String {
    let hash = SHA256()
    hash.update("\(source.count) \(source.shape) \(source.element) \(source.classNames)")
    hash.update((0..<source.count).map { String(source.label(at: $0)) }.joined(separator: ","))
    if let count = source.labelCount {
      hash.update((0..<source.count * count).map { source.hasLabel($0 % count, at: $0 / count) ? "1" : "0" }.joined())
    }
    let others = source.columnsBesideLabels
    if !others.isEmpty { for index in 0..<source.count { hash.update(source.numbers(of: others, at: index)) } }
    let samples = min(16, source.count)
    for index in 0..<samples {
      do {
        hash.update(try source.pictures(index * source.count / samples))
      } catch {
        // A rank that cannot read what others can finds out in training, and says so.
        hash.update("unreadable")
      }
    }
    return hash.finish()
  }
}
