import Networks
import Training

/// Names of a classifier's outputs.
enum ClassNames {
  /// The names that a file knows; for 1,000 outputs without names, ImageNet's; else none.
  static func known(_ notes: ModelNotes?, classes: Int) -> [String] {
    if let names = notes?.classNames, !names.isEmpty { return names }
    return classes == Models.imageNetClasses.count ? Models.imageNetClasses : []
  }

  /// One name for each class: known ones, then numbers.
  static func complete(_ names: [String], classes: Int) -> [String] {
    (0..<classes).map { names.indices.contains($0) ? names[$0] : String($0) }
  }
}

extension Checkpoint {
  /// What a checkpoint says about its run; nil for any other file, damaged ones included, which are reported by who
  /// reads them.
  static func knownHeader(of file: String) throws(TrainingError) -> Header? {
    isCheckpoint(file) ? try header(of: file) : nil
  }
}
