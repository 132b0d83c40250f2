import Training

extension LoadedModel {
  /// Tells a person what they should know of the file.
  func telling() -> LoadedModel {
    for notice in notices { Output.note(notice) }
    return self
  }
}
