public import Networks
public import Tensors

/// `IoU` of targets that hold one value for each class (…, K), and of outputs that do, unless `sparse_y_pred`. Keras's
/// `OneHotIoU`.
public struct OneHotIoU: ConfusionMetric {
  public static let kerasName = "OneHotIoU"
  public static let functionName = "one_hot_io_u"
  public static let aliases = ["one_hot_iou"]
  public let settings: IoUSettings
  public let targetClasses: [Int]?

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    settings = try IoUSettings(configuration, isOneHot: true)
    targetClasses = try configuration.requiredClassNumbers("target_class_ids")
  }

  private init(_ settings: IoUSettings, of targetClasses: [Int]?) {
    (self.settings, self.targetClasses) = (settings, targetClasses)
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    settings.kerasConfiguration(isOneHot: true).merging(targetClasses.idsConfiguration) { _, new in new }
  }

  public func settled(output: Shape, target: Shape) throws(ShapeError) -> any Metric {
    OneHotIoU(try settledSettings(output: output, target: target), of: targetClasses)
  }
}
