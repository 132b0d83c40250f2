import Networks

extension CompileConfiguration.Object {
  /// A loss or metric by the name that `compile` takes.
  ///
  /// - Parameters:
  ///   - known: Keras's classes of its kind.
  ///   - namesScore: whether the name, as it is written, is also that of a score: of a metric, not of a loss.
  init(named name: String, among known: Set<String>, namesScore: Bool) {
    let long = Self.abbreviations[name.lowercased()] ?? name
    let className = known.first { $0 == long || $0.inSnakeCase == long.lowercased() }
    let isChosenByKeras = ["accuracy", "acc", "crossentropy", "ce"].contains(name)
    self.init(className ?? name, isCustom: className == nil && !isChosenByKeras)
    // Keras calls the score as it was called: `mae`.
    if namesScore, let className, name != className.inSnakeCase { arguments["name"] = .string(name) }
  }

  /// Short names, which Keras 3 does not find in an HDF5 file.
  private static let abbreviations: [String: String] = [
    "mse": "mean_squared_error", "mae": "mean_absolute_error", "mape": "mean_absolute_percentage_error",
    "msle": "mean_squared_logarithmic_error", "logcosh": "log_cosh", "bce": "binary_crossentropy",
    "kld": "kl_divergence", "kullback_leibler_divergence": "kl_divergence", "cosine_proximity": "cosine_similarity",
    "huber_loss": "huber",
  ]

  static let losses: Set<String> = [
    "BinaryCrossentropy", "BinaryFocalCrossentropy", "CTC", "CategoricalCrossentropy", "CategoricalFocalCrossentropy",
    "CategoricalGeneralizedCrossEntropy", "CategoricalHinge", "Circle", "CosineSimilarity", "Dice", "Hinge", "Huber",
    "KLDivergence", "LogCosh", "MeanAbsoluteError", "MeanAbsolutePercentageError", "MeanSquaredError",
    "MeanSquaredLogarithmicError", "Poisson", "SparseCategoricalCrossentropy", "SquaredHinge", "Tversky",
  ]

  static let metrics: Set<String> = [
    "AUC", "Accuracy", "BinaryAccuracy", "BinaryCrossentropy", "BinaryIoU", "CategoricalAccuracy",
    "CategoricalCrossentropy", "CategoricalHinge", "ConcordanceCorrelation", "CosineSimilarity", "F1Score",
    "FBetaScore",
    "FalseNegatives", "FalsePositives", "Hinge", "IoU", "KLDivergence", "LogCoshError", "Mean", "MeanAbsoluteError",
    "MeanAbsolutePercentageError", "MeanIoU", "MeanSquaredError", "MeanSquaredLogarithmicError", "OneHotIoU",
    "OneHotMeanIoU", "PearsonCorrelation", "Poisson", "Precision", "PrecisionAtRecall", "R2Score", "Recall",
    "RecallAtPrecision", "RootMeanSquaredError", "SensitivityAtSpecificity", "SparseCategoricalAccuracy",
    "SparseCategoricalCrossentropy", "SparseTopKCategoricalAccuracy", "SpecificityAtSensitivity", "SquaredHinge", "Sum",
    "TopKCategoricalAccuracy", "TrueNegatives", "TruePositives",
  ]

  /// The name that stands for it without arguments: a function's where both versions have one, else the class.
  var shortName: String {
    Self.losses.contains(className) || className.hasSuffix("Accuracy") || className == "accuracy"
      ? className.inSnakeCase : className
  }
}
