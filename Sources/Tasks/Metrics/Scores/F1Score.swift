public import Kernels
public import Networks
import Tensors

/// The harmonic mean of precision and recall of each class, or their average (`FScore` with beta = 1). Keras's
/// `F1Score`.
public struct F1Score: FScore {
  public static let kerasName = "F1Score"
  public static let functionName = "f1_score"
  public static let aliases = ["f1"]
  public let average: FScoreAverage?
  public let threshold: Double?
  var beta: Double { 1 }

  public init(average: FScoreAverage? = nil, threshold: Double? = nil) {
    (self.average, self.threshold) = (average, threshold)
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    average = try configuration.average()
    threshold = try configuration.scoreThreshold()
  }

  public func kerasConfiguration() -> [String: JSONValue] { configuration() }

  public func absorbing(_ activation: ActivationFunction) -> (any Metric)? {
    activation == .sigmoid ? threshold.map { F1Score(average: average, threshold: $0.logit) } : nil
  }
}
