package import Datasets

/// Data on its way into a model that is not trained, and what a person should know of that.
package struct PreparedData {
  package let source: any DataSource
  package let preparation: Preparation
  /// A sentence each.
  package let notices: [String]

  package init(_ source: any DataSource, _ choice: PreprocessingChoice) throws(DataError) {
    self.source = source
    preparation = try Preparation(for: source, choice.preprocessing)
    // What a person or a file of Convoy's says goes without saying.
    let sentence = choice.isSaid || !source.hasImage ? nil : choice.sentence(StoredNumbers(of: source))
    notices =
      [choice.notice, sentence, preparation.notice].compactMap(\.self)
      + InputInspection(source, choice.preprocessing).notices
  }
}
