import Communication
import Datasets
import Foundation
import Tensors

/// Finds the samples of a run that cannot be read, before anything is made of the data, where the recipe leaves them
/// out. All ranks share the work and know all of them, so that the data is the same on every rank.
struct SampleScreening {
  let recipe: Recipe
  let communicator: any Communicator
  let placement: ThreadPlacement

  /// The name of the list in the folder of a run.
  static let listName = "skipped.csv"

  /// The recipe with the samples that are left out. Collective.
  ///
  /// - Parameter folder: of the run, where they are listed; nil lists them nowhere.
  func settled(folder: String?) throws(TrainingError) -> Recipe {
    guard recipe.data.onBadSample == .skip else { return recipe }
    let vote = Vote(communicator)
    let sources = try vote.agree { () throws(TrainingError) in try openAll() }
    let pool = WorkerPool(count: placement.threads, processors: placement.processors)
    let check = ImageCheck(communicator: communicator, pool: pool)
    var copy = recipe
    for (location, source) in sources {
      let found = UnreadableSamples(try check.unreadable(source, resizing: recipe.data.resize), of: source.count)
      guard 2 * found.samples.count <= source.count else {
        throw TrainingError(
          .data,
          "\(location): \(found.samples.count) of \(source.count) samples cannot be read, such as "
            + "\(found.samples[0].problem); so many are not left out, replace them.", isShared: true)
      }
      copy.unreadable[location] = found
    }
    try vote.agree { () throws(TrainingError) in
      if let folder, communicator.rank == 0 { try list(copy.unreadable, in: folder) }
    }
    return copy
  }

  /// All data of the recipe, whole.
  private func openAll() throws(TrainingError) -> [(location: String, source: any DataSource)] {
    do { try recipe.validate() } catch { throw TrainingError(.configuration, "\(error.description)") }
    var options = try recipe.wantedSamples()
    if recipe.transforms.contains(where: { $0.transform.outputSize != nil }) { options.forgetImageShapes() }
    // Each sample is read once.
    options.memoryLimit = 0
    var sources: [(location: String, source: any DataSource)] = []
    do {
      for location in [recipe.data.train, recipe.data.validation, recipe.data.test].compactMap(\.self)
      where !sources.contains(where: { $0.location == location }) {
        let source = try openSource(location, options)
        if sources.isEmpty { options.classNames = source.classNames }
        sources.append((location, source))
      }
    } catch {
      throw TrainingError(.data, error.description)
    }
    return sources
  }

  private func list(_ unreadable: [String: UnreadableSamples], in folder: String) throws(TrainingError) {
    func field(_ text: String) -> String { "\"\(text.replacing("\"", with: "\"\""))\"" }
    let lines = unreadable.sorted { $0.key < $1.key }.flatMap { location, found in
      found.samples.map { "\(field(location)),\($0.index),\(field($0.problem))\n" }
    }
    guard !lines.isEmpty else {
      // Of a run before this one.
      try? FileManager.default.removeItem(atPath: "\(folder)/\(SampleScreening.listName)")
      return
    }
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try ("data,sample,problem\n" + lines.joined()).write(
        toFile: "\(folder)/\(SampleScreening.listName)", atomically: true, encoding: .utf8)
    } catch {
      throw TrainingError(
        .run, "\(folder)/\(SampleScreening.listName) cannot be written: \(error.localizedDescription)")
    }
  }
}

extension Recipe {
  /// What was left out, in a sentence for each data.
  func unreadableNotices(folder: String) -> [String] {
    unreadable.sorted { $0.key < $1.key }.compactMap {
      $0.value.notice($0.key, list: "\(folder)/\(SampleScreening.listName)")
    }
  }
}
