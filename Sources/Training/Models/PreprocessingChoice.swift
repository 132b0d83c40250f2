package import Datasets

/// How images are prepared for a model, and why. The first of these that there is decides, in every command:
///
/// 1. what a configuration or the command line says;
/// 2. what the model's file says, where Convoy has written it;
/// 3. the model's own layers, where they prepare images: these get them as they are stored;
/// 4. what a network of a well-known name was trained with, where its weights come from a file;
/// 5. what is usual: bytes become 0 to 1, other numbers stay as they are.
package struct PreprocessingChoice: Sendable {
  package let preprocessing: Preprocessing
  /// Whether the model comes with weights.
  package let hasWeights: Bool
  /// What a person should know of where it was said.
  var notice: String?
  private let reason: Reason

  private enum Reason {
    case given
    case notes(String)
    case layers(String)
    case network(String)
    /// Nothing; with whether the weights were trained on something that nobody knows.
    case usual(hasWeights: Bool)
  }

  /// - Parameters:
  ///   - given: what a person says; nothing but defaults where they say nothing.
  ///   - place: where they say it.
  ///   - model: what the images go into.
  package init(
    _ given: Preprocessing, in place: String, for model: PreparedModel
  ) throws(TrainingError) {
    hasWeights = model.file != nil
    guard given.withoutNumbers == Preprocessing() else {
      try model.requireOnce(given, in: place)
      (preprocessing, reason) = (given, .given)
      return
    }
    if let notes = model.notes {
      (preprocessing, reason) = (notes.preprocessing, .notes(model.file ?? "its file"))
    } else if let own = model.preparation {
      preprocessing = Preprocessing(mode: Preprocessing.Mode.none, stored: own.expected)
      reason = .layers(own.layer)
      if !model.unprepared.isEmpty {
        notice =
          "the model prepares no images of \(model.unprepared.map { "'\($0)'" }.list), but those of other inputs: all "
          + "go in as they are stored; give it a Rescaling there too if it was trained on others."
      }
    } else if let (name, mode) = model.usualMode {
      (preprocessing, reason) = (Preprocessing(mode: mode), .network(name))
    } else {
      (preprocessing, reason) = (given, .usual(hasWeights: hasWeights))
    }
  }

  /// Whether anything but defaults was found.
  package var isKnown: Bool { if case .usual = reason { false } else { true } }

  /// Whether it is what a person or a file of Convoy's says, which does not have to be told where nothing is trained.
  package var isSaid: Bool {
    switch reason {
    case .given, .notes: true
    case .layers, .network, .usual: false
    }
  }

  /// For people, where nothing else is to be said.
  ///
  /// - Parameter numbers: what the data holds; nil where it is not known.
  package func sentence(_ numbers: StoredNumbers?) -> String {
    switch reason {
    case .given: "images are prepared as 'preprocessing' says: \(preprocessing.text(numbers))."
    case .notes(let file): "images are prepared as \(file) says: \(preprocessing.text(numbers))."
    case .layers(let layer):
      "images are prepared by the model itself, in '\(layer)': \(preprocessing.text(preprocessing.stored ?? numbers))."
    case .network(let name):
      "images are prepared as the backbone was trained: 'preprocessing.mode' is "
        + "\(preprocessing.mode?.rawValue ?? "none")"
        + ", by the name '\(name)'."
    case .usual(hasWeights: false):
      "images are prepared as is usual, because nothing is said of it: \(preprocessing.text(numbers))."
    case .usual(hasWeights: true):
      "nothing says how the images of the model's weights were prepared, so that \(preprocessing.text(numbers)): give "
        + "'preprocessing', such as {mode: tf}, if it was trained on others."
    }
  }
}

extension Preprocessing {
  /// What becomes of stored numbers, in words.
  ///
  /// - Parameter numbers: what the data holds.
  fileprivate func text(_ numbers: StoredNumbers?) -> String {
    let from = stored ?? numbers
    let range = from.map { "numbers from \($0.text)" } ?? "numbers"
    if let mode, mode != Mode.none { return "'preprocessing.mode' is \(mode.rawValue)" }
    let factor = mode == nil ? scale ?? (from?.element == .byte ? 1 / 255.0 : 1) : 1
    let standard = standardize == nil ? "" : ", less a mean and divided by a deviation"
    guard factor != 1 else { return "\(range) go in as they are\(standard)" }
    let isFraction = factor < 1 && factor > 0
    let change = isFraction ? "divided by \((1000 / factor).rounded() / 1000)" : "multiplied by \(factor)"
    return "\(range) are \(change.hasSuffix(".0") ? String(change.dropLast(2)) : change)\(standard)"
  }
}
