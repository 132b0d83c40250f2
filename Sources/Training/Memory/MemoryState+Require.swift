package import Tensors

extension MemoryState {
  /// Refuses what does not fit into the memory that is left.
  ///
  /// - Parameters:
  ///   - bytes: of one process, before it takes them.
  ///   - processes: of this machine that do the same.
  ///   - what: needs them, as the sentence names it.
  ///   - remedy: what to do.
  package static func require(
    _ bytes: Int, processes: Int = 1, for what: String, remedy: String, state: MemoryState = .current
  ) throws(TrainingError) {
    let all = bytes.saturatedSum(state.resident)
    if let shortage = state.shortage(of: all, processes: processes, for: what, remedy: remedy) {
      throw TrainingError(.configuration, shortage.description)
    }
    do throws(MemoryError) {
      _ = try Arena(reserving: bytes / MemoryLayout<Float>.stride)
    } catch {
      throw TrainingError(.configuration, "\(what): \(error.description)")
    }
  }
}
