public import Tasks

/// The answers of a model on a data set: losses and scores, what its task reports, and the images that it is worst at.
public struct EvaluationResult: Sendable {
  public let metrics: Metrics
  public let parts: [ReportPart]

  public init(metrics: Metrics, parts: [ReportPart]) { (self.metrics, self.parts) = (metrics, parts) }

  /// - Parameters:
  ///   - file: of the model.
  ///   - split: which data it was.
  public func document(file: String, split: String) -> EvaluationDocument {
    EvaluationDocument(file: file, split: split, loss: metrics.loss, scores: metrics.values, parts: parts)
  }
}
