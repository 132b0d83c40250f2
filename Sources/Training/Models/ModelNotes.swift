public import Datasets
import Foundation
import Keras

/// A file's notes about its model beside layers and weights: what it was trained to tell apart, and how images go in.
/// A checkpoint says it, and so does what `convoy export` makes of one.
public struct ModelNotes: Hashable, Sendable, Codable {
  /// Empty where classes have no names.
  public var classNames: [String]
  public var preprocessing: Preprocessing
  /// What each output was trained towards; nil where that is not known.
  public var targets: [TargetNote]?
  /// The column of the data that each input takes, by the input's name; nil where the only input takes the image.
  public var inputs: [String: String]?
  /// How image files were decoded; nil where nothing was said of it.
  public var decoding: ImageDecoding?

  public init(
    classNames: [String], preprocessing: Preprocessing, targets: [TargetNote]? = nil, inputs: [String: String]? = nil,
    decoding: ImageDecoding? = nil
  ) {
    (self.classNames, self.preprocessing, self.targets) = (classNames, preprocessing, targets)
    (self.inputs, self.decoding) = (inputs, decoding)
  }

  private enum CodingKeys: String, CodingKey {
    case classNames = "classes"
    case preprocessing, targets, inputs, decoding
  }

  /// Nil where the file says nothing.
  ///
  /// - Parameter path: a file with a model or with weights, of any format.
  public static func read(from path: String) throws(TrainingError) -> ModelNotes? {
    if Checkpoint.isCheckpoint(path) { return ModelNotes(try Checkpoint.header(of: path)) }
    let text: String?
    do { text = try KerasWeights(reading: path).notes } catch { throw TrainingError(.data, error.description) }
    guard let text else { return nil }
    do {
      return try JSONDecoder.ofNumbers.decode(ModelNotes.self, from: Data(text.utf8))
    } catch {
      throw TrainingError(
        .data,
        "\(path): what 'convoy' says there of classes and preprocessing cannot be understood; export the checkpoint "
          + "again."
      )
    }
  }

  public init(_ header: Checkpoint.Header) {
    let (state, recipe) = (header.state, header.recipe)
    self.init(
      classNames: state.classNames, preprocessing: recipe.preprocessing, targets: state.targets,
      inputs: recipe.inputs.isEmpty ? nil : recipe.inputs, decoding: recipe.data.decoding)
  }

  /// As files hold it.
  public var text: String {
    guard let data = try? JSONEncoder.ofNumbers.encode(self) else {
      preconditionFailure("names and numbers are always JSON")
    }
    return String(decoding: data, as: UTF8.self)
  }
}
