import Networks

/// Names of a classifier's outputs.
package enum ClassNames {
  /// The names that a file knows; for 1,000 outputs without names, ImageNet's; else none.
  package static func known(_ notes: ModelNotes?, classes: Int) -> [String] {
    if let names = notes?.classNames, !names.isEmpty { return names }
    return classes == Models.imageNetClasses.count ? Models.imageNetClasses : []
  }

  /// One name for each class: known ones, then numbers.
  package static func complete(_ names: [String], classes: Int) -> [String] {
    (0..<classes).map { names.indices.contains($0) ? names[$0] : String($0) }
  }
}
