public import Kernels
public import Networks
import Tensors

/// A harmonic mean of precision and recall in which recall counts beta times as much (`FScore`). Keras's `FBetaScore`.
public struct FBetaScore: FScore {
  public static let kerasName = "FBetaScore"
  public static let functionName = "fbeta_score"
  public static let aliases = ["f_beta_score"]
  public let average: FScoreAverage?
  public let threshold: Double?
  public let beta: Double

  public init(beta: Double = 1, average: FScoreAverage? = nil, threshold: Double? = nil) {
    (self.beta, self.average, self.threshold) = (beta, average, threshold)
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    average = try configuration.average()
    threshold = try configuration.scoreThreshold()
    beta = try configuration.number("beta", default: 1)
    guard beta > 0 else { throw ImportError("\(configuration.place): 'beta' is \(beta), but must be above 0.") }
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    configuration().merging(["beta": .number(beta)]) { _, new in new }
  }

  public func absorbing(_ activation: ActivationFunction) -> (any Metric)? {
    activation == .sigmoid
      ? threshold.map { FBetaScore(beta: beta, average: average, threshold: $0.logit) } : nil
  }
}
