import Communication
import Digests
import Datasets
import Foundation
import Kernels
import Networks
import Tensors

extension Trainer {
  /// All ranks compare what they are about to do. Collective.
  func agreeOnStart() throws(TrainingError) {
    try compare("the configuration", recipe.decisiveText)
    try compare("the training data", "\(sources.train.count) \(sources.train.shape) \(sources.train.classNames) \(labelDigest)")
    try compare("the first weights", "\(weights.trainable.checksum) \(weights.states.checksum)")
    try compare("the point of resumption", "\(state.step) \(state.samples)")
  }

  /// Throws on all ranks, naming the odd ones out, where a text is not the same everywhere.
  private func compare(_ what: String, _ text: String) throws(TrainingError) {
    let digest = SHA256.digest(of: text)
    let digests: [String]
    do {
      digests = try communicator.allGather([UInt8](digest.utf8)).map { String(decoding: $0, as: UTF8.self) }
    } catch {
      throw TrainingError(.run, error.description)
    }
    let counts = Dictionary(grouping: digests.indices) { digests[$0] }
    guard counts.count > 1 else { return }
    let common = counts.values.max { ($0.count, -$0[0]) < ($1.count, -$1[0]) }!
    let odd = digests.indices.filter { !common.contains($0) }.map { "rank \($0) on \(communicator.hostNames[$0])" }
    throw TrainingError(.configuration, "\(what) of \(odd.joined(separator: ", ")) is not that of the other ranks; start all ranks with the same command and the same files.", isShared: true)
  }

  private var labelDigest: String {
    let source = sources.train
    return SHA256.digest(of: (0..<source.count).map { String(source.label(at: $0)) }.joined(separator: ","))
  }
}
