public import Kernels
public import Tensors

/// Generalised cross-entropy of classes against class numbers, the mean over the positions of an image:
///
///     (1 - p^q) / q
///
/// With the probability p of the class: near cross-entropy for small q, near the mean absolute error for q near 1,
/// which wrong labels mislead less. Predictions of shape (..., C), probabilities; targets of shape (..., 1). Below
/// 1e-7 the slope is the one there. Keras has no `ignore_class` here.
///
/// Source: Zhang, Sabuncu, "Generalized Cross Entropy Loss for Training Deep Neural Networks with Noisy Labels", 2018.
public struct CategoricalGeneralizedCrossEntropy: ClassNumberLoss {
  public static let kerasName = "CategoricalGeneralizedCrossEntropy"
  public static let functionName = "categorical_generalized_cross_entropy"
  public static let isOfProbabilities = true

  /// Between 0 and 1.
  public let q: Double
  public let ignoredClass: Int?
  public let reduction: LossReduction
  public var classWeights: [Double] = []
  private var weights = Buffer.empty

  public init(q: Double = 0.5, ignoredClass: Int? = nil, reduction: LossReduction = .mean) {
    (self.q, self.ignoredClass, self.reduction) = (q, ignoredClass, reduction)
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    q = try configuration.number("q", default: 0.5)
    guard q > 0, q < 1 else { throw ImportError("\(configuration.place): q is \(q), but must be between 0 and 1.") }
    ignoredClass = configuration.value("ignore_class") == .null ? nil : try configuration.integer("ignore_class")
    reduction = try configuration.lossReduction()
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    var values = reduction.describing(["q": .number(q)])
    if let ignoredClass { values["ignore_class"] = .integer(ignoredClass) }
    return values
  }

  public func bound(to inputs: [Shape]) -> any Layer {
    var copy = self
    copy.weights = Buffer(classWeights.map { Float($0) })
    return copy
  }

  public var kernel: SparseCrossEntropy {
    SparseCrossEntropy(power: q, ignored: ignoredClass.map { Float($0) }, classWeights: weights)
  }
}
