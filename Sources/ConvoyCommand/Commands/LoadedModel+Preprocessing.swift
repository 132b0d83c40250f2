import Datasets
import Networks
import Training

extension LoadedModel {
  /// How images are prepared for the model: as a configuration says, or, where it says nothing, as the model's file does.
  ///
  /// - Parameters:
  ///   - configuration: with the data; nil where the recipe is that of the file itself.
  func preprocessing(_ recipe: Recipe, _ configuration: String?, _ notes: ModelNotes?) throws(TrainingError) -> Preprocessing {
    guard let configuration else { return recipe.preprocessing }
    guard recipe.preprocessing == Preprocessing() else {
      try requireOnce(recipe.preprocessing, "'preprocessing' in \(configuration)")
      if let notes, notes.preprocessing != recipe.preprocessing {
        Output.note("'preprocessing' in \(configuration) is not what \(file) was trained with; remove it there to use that.")
      }
      return recipe.preprocessing
    }
    return notes?.preprocessing ?? (graph.preparesImages ? Preprocessing(mode: Preprocessing.Mode.none) : recipe.preprocessing)
  }

  /// Refuses to prepare images for a model that does it itself.
  ///
  /// - Parameter name: where the preprocessing was given.
  func requireOnce(_ preprocessing: Preprocessing, _ name: String) throws(TrainingError) {
    guard graph.preparesImages, preprocessing.mode != Preprocessing.Mode.none, preprocessing != Preprocessing(scale: 1) else { return }
    throw TrainingError(
      .configuration,
      "\(name): the model '\(graph.name)' in \(file) begins with layers that prepare its images, which would be done twice; use {mode: none}.")
  }
}
