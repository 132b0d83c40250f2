package import Datasets
import Networks

extension LoadedModel {
  /// How images are prepared for the model: as somebody says, or, where nothing is said, as the model's file does, the
  /// model itself, or a network of its name.
  ///
  /// - Parameters:
  ///   - given: nothing but defaults where nothing is said.
  ///   - place: where it is said.
  package func preprocessing(
    _ given: Preprocessing, in place: String, _ notes: ModelNotes?
  ) throws(TrainingError) -> PreprocessingChoice {
    let model = try PreparedModel(graph, file: isFromFile ? file : nil, notes: notes) { () throws(TrainingError) in
      weights
    }
    // What was said in training is not said against the file.
    let isSame = notes?.preprocessing.withoutNumbers == given.withoutNumbers
    return try PreprocessingChoice(isSame ? Preprocessing() : given, in: place, for: model)
  }

  /// The same for the data of a configuration.
  ///
  /// - Parameter configuration: its file; nil where the recipe is that of the model's file.
  package func preprocessing(
    _ recipe: Recipe, _ configuration: String?, _ notes: ModelNotes?
  ) throws(TrainingError) -> PreprocessingChoice {
    let place = "'preprocessing' in \(configuration ?? file)"
    var choice = try preprocessing(recipe.preprocessing, in: place, notes)
    if let notes, choice.preprocessing.withoutNumbers != notes.preprocessing.withoutNumbers {
      choice.notice = "\(place) is not what \(file) was trained with; remove it there to use that."
    }
    return choice
  }
}
