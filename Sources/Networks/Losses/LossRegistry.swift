import Tensors

/// Every loss that can be named, in a configuration or in a Keras file.
public enum LossRegistry {
  static let losses: [any LossLayer.Type] = [
    BinaryCrossentropy.self, BinaryFocalCrossentropy.self, CIoULoss.self, CategoricalCrossentropy.self,
    CategoricalFocalCrossentropy.self, CategoricalGeneralizedCrossEntropy.self, CategoricalHinge.self,
    CosineSimilarity.self, DIoULoss.self, Dice.self, GIoULoss.self, Hinge.self, Huber.self, IoULoss.self,
    KLDivergence.self, LogCosh.self, MeanAbsoluteError.self, MeanAbsolutePercentageError.self, MeanSquaredError.self,
    MeanSquaredLogarithmicError.self, Poisson.self, SparseCategoricalCrossentropy.self, SquaredHinge.self, Tversky.self,
  ]

  /// Other names of functions, of Keras 1 to 3.
  private static let aliases = [
    "bce": "binary_crossentropy", "BCE": "binary_crossentropy", "kld": "kl_divergence", "KLD": "kl_divergence",
    "kullback_leibler_divergence": "kl_divergence", "mae": "mean_absolute_error", "MAE": "mean_absolute_error",
    "mse": "mean_squared_error", "MSE": "mean_squared_error", "mape": "mean_absolute_percentage_error",
    "MAPE": "mean_absolute_percentage_error", "msle": "mean_squared_logarithmic_error",
    "MSLE": "mean_squared_logarithmic_error", "logcosh": "log_cosh", "huber_loss": "huber",
    "cosine_proximity": "cosine_similarity", "cosine": "cosine_similarity",
  ]

  /// What people who come from PyTorch write.
  private static let familiar = [
    "crossentropyloss": "sparse_categorical_crossentropy", "crossentropy": "sparse_categorical_crossentropy",
    "nllloss": "sparse_categorical_crossentropy", "bceloss": "binary_crossentropy",
    "bcewithlogitsloss": "binary_crossentropy", "l1loss": "mean_absolute_error", "l1": "mean_absolute_error",
    "l2": "mean_squared_error", "l2loss": "mean_squared_error", "mseloss": "mean_squared_error",
    "smoothl1loss": "huber", "smoothl1": "huber", "kldivloss": "kl_divergence", "poissonnllloss": "poisson",
    "cosineembeddingloss": "cosine_similarity", "focal": "binary_focal_crossentropy",
    "focalloss": "binary_focal_crossentropy",
  ]

  private static let byName = Dictionary(
    uniqueKeysWithValues: losses.flatMap { [($0.kerasName, $0), ($0.functionName, $0)] })

  /// Names of the functions, sorted: what `loss:` takes.
  public static let names = losses.map { $0.functionName }.sorted()

  /// The loss of a name (`mse`, `mean_squared_error`, `MeanSquaredError`), of Keras's configuration of a class
  /// (`{"class_name": "Huber", "config": {"delta": 2}}`) or of a function (`{"class_name": "function", "config":
  /// "mse"}`), or of a name with arguments (`{"huber": {"delta": 2}}`).
  ///
  /// - Parameter kerasVersion: the first number of the version of Keras that wrote it.
  public static func loss(_ description: JSONValue, kerasVersion: Int = 3) throws(ImportError) -> any LossLayer {
    if let name = description.asString { return try loss(named: name, [:], kerasVersion) }
    guard let values = description.asObject else {
      throw ImportError("the loss \(description.brief) is not one; give a name such as 'mean_squared_error'.")
    }
    if let className = values["class_name"]?.asString {
      let config = values["config"] ?? .null
      if className == "function", let name = config.asString { return try loss(named: name, [:], kerasVersion) }
      guard config == .null || config.asObject != nil else {
        throw ImportError("the loss '\(className)' has the config \(config.brief), but must have one of its arguments.")
      }
      return try loss(named: className, config.asObject ?? [:], kerasVersion)
    }
    guard values.count == 1, let (name, arguments) = values.first, arguments == .null || arguments.asObject != nil
    else {
      throw ImportError(
        "the loss \(description.brief) is not one; give a name, or a name with its arguments: {huber: {delta: 2}}.")
    }
    return try loss(named: name, arguments.asObject ?? [:], kerasVersion)
  }

  /// Keras's configuration of a loss, which `loss` reads back as the same one.
  public static func kerasConfiguration(of loss: any LossLayer) -> JSONValue {
    var config = loss.kerasConfiguration()
    config["name"] = .string(type(of: loss).functionName)
    return .object(["class_name": .string(type(of: loss).kerasName), "config": .object(config)])
  }

  private static func loss(
    named name: String, _ values: [String: JSONValue], _ kerasVersion: Int
  ) throws(ImportError) -> any LossLayer {
    // A class that a package registers is named behind its package: `keras_cv.losses>CIoULoss`.
    let short = String(name.split(separator: ">").last ?? "")
    guard let type = byName[short] ?? aliases[short].flatMap({ byName[$0] }) else {
      let meant = familiar[short.lettersAndDigits].map { "; did you mean '\($0)'?" }
      let hint = meant ?? names.suggestion(for: name, reference: "the losses are listed in docs/keras-support.md")
      throw ImportError("the loss '\(name)' is not known\(hint)")
    }
    let configuration = LayerConfiguration(
      className: type.kerasName, values: values, kerasVersion: kerasVersion, noun: "loss")
    try configuration.checkCommonKeys()
    // Keras 2 writes the function as well.
    try configuration.expect("fn", among: [.string(type.functionName)])
    let loss = try type.init(keras: configuration)
    try configuration.checkUnreadKeys()
    return loss
  }
}
