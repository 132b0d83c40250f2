package import Communication
import Tensors

/// What the ranks tell each other at every step, so that one rank's trouble ends the step on all of them.
///
/// Allocates nothing as long as everybody goes on.
package final class Vote {
  private let communicator: any Communicator
  private let ballots: Buffer
  private let segments: Segments

  package init(_ communicator: any Communicator) {
    self.communicator = communicator
    ballots = Buffer(count: communicator.size)
    segments = Segments((0..<communicator.size).map { $0..<$0 + 1 })
  }

  /// Collective. Throws on all ranks if one has failed, with the sentence of the first that has.
  ///
  /// - Returns: whether any rank wants to stop.
  package func cast(wantsStop: Bool = false, failure: TrainingError? = nil) throws(TrainingError) -> Bool {
    ballots[communicator.rank] = failure != nil ? 2 : wantsStop ? 1 : 0
    do {
      try communicator.allGather(in: ballots, segments: segments)
      var highest: Float = 0
      for rank in 0..<communicator.size { highest = max(highest, ballots[rank]) }
      guard highest == 2 else { return highest == 1 }
      let sentence = failure.map { [UInt8]("\($0.kind.rawValue):\($0.description)".utf8) } ?? []
      let sentences = try communicator.allGather(sentence).map { String(decoding: $0, as: UTF8.self) }
      let rank = sentences.firstIndex { !$0.isEmpty }!
      let parts = sentences[rank].split(separator: ":", maxSplits: 1)
      // Ranks often fail alike, such as on a file that is missing everywhere: then the rank says nothing.
      let isEverywhere = sentences.allSatisfy { $0 == sentences[rank] }
      let place = isEverywhere ? "" : "rank \(rank): "
      throw TrainingError(TrainingError.Kind(rawValue: String(parts[0]))!, place + parts[1], isShared: true)
    } catch let error as TrainingError {
      throw error
    } catch {
      throw TrainingError(.run, "\(error)")
    }
  }

  /// Collective. Runs what may fail on some ranks, and throws on all if it does.
  package func agree<Value>(on body: () throws(TrainingError) -> Value) throws(TrainingError) -> Value {
    let outcome = Result { () throws(TrainingError) in try body() }
    if case .failure(let error) = outcome {
      _ = try cast(failure: error)
    } else {
      _ = try cast()
    }
    return try outcome.get()
  }
}
