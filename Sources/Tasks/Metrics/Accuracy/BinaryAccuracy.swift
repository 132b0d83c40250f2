import Foundation
public import Kernels
public import Networks
import Tensors

/// The share of elements for which (output > threshold) is the target, 0 or 1. Outputs and targets of any shape, the
/// same. Keras's `BinaryAccuracy`; the threshold is 0.5 unless said.
public struct BinaryAccuracy: ClassAccuracy {
  public static let kerasName = "BinaryAccuracy"
  public static let functionName = "binary_accuracy"
  public let threshold: Double

  public init(threshold: Double = 0.5) { self.threshold = threshold }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    threshold = try configuration.number("threshold", default: 0.5)
  }

  public func kerasConfiguration() -> [String: JSONValue] { ["threshold": .number(threshold)] }

  /// A probability is above p where its logit is above log(p / (1 - p)).
  public func absorbing(_ activation: ActivationFunction) -> (any Metric)? {
    activation == .sigmoid ? BinaryAccuracy(threshold: threshold.logit) : nil
  }

  func readings(output: Shape, target: Shape) throws(ShapeError) -> (output: ClassReading, target: ClassReading) {
    (.above(Float(threshold)), .exact)
  }
}

extension Double {
  /// log(p / (1 - p)), infinite outside of 0...1.
  var logit: Double { self <= 0 ? -.infinity : self >= 1 ? .infinity : log(self / (1 - self)) }
}
