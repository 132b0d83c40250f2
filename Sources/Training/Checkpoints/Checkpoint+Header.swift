extension Checkpoint {
  /// What a checkpoint says about its run; nil for any other file, damaged ones included, which are reported by who
  /// reads them.
  package static func knownHeader(of file: String) throws(TrainingError) -> Header? {
    isCheckpoint(file) ? try header(of: file) : nil
  }
}
