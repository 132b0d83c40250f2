public import Kernels
public import Networks
import Tensors

/// Mean over class 0, class 1 or both (`target_class_ids`) of intersection over union, class 1 being outputs of
/// `threshold` or more. Outputs and targets of any shape, the same. Keras's `BinaryIoU`.
public struct BinaryIoU: ConfusionMetric {
  public static let kerasName = "BinaryIoU"
  public static let functionName = "binary_io_u"
  public static let aliases = ["binary_iou"]
  public let targetClasses: [Int]?
  public let threshold: Double

  public init(of targetClasses: [Int] = [0, 1], threshold: Double = 0.5) {
    (self.targetClasses, self.threshold) = (targetClasses, threshold)
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    targetClasses = try configuration.classNumbers("target_class_ids") ?? [0, 1]
    threshold = try configuration.number("threshold", default: 0.5)
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    ["threshold": .number(threshold)].merging(targetClasses.idsConfiguration) { _, new in new }
  }

  public func absorbing(_ activation: ActivationFunction) -> (any Metric)? {
    activation == .sigmoid ? BinaryIoU(of: targetClasses!, threshold: threshold.logit) : nil
  }

  var settings: IoUSettings { IoUSettings(classes: 2, isTargetSparse: true, isOutputSparse: true) }

  func readings(output: Shape, target: Shape) throws(ShapeError) -> (output: ClassReading, target: ClassReading) {
    (.atLeast(Float(threshold)), .whole)
  }
}
