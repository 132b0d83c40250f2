public import Networks
public import Tensors

/// Mean over some classes, `target_class_ids`, of intersection over union, as in `MeanIoU`. Keras's `IoU`.
public struct IoU: ConfusionMetric {
  public static let kerasName = "IoU"
  public static let functionName = "io_u"
  public let settings: IoUSettings
  public let targetClasses: [Int]?

  public init(_ settings: IoUSettings = IoUSettings(), of targetClasses: [Int]) {
    (self.settings, self.targetClasses) = (settings, targetClasses)
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    settings = try IoUSettings(configuration, isOneHot: false)
    targetClasses = try configuration.requiredClassNumbers("target_class_ids")
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    settings.kerasConfiguration(isOneHot: false).merging(targetClasses.idsConfiguration) { _, new in new }
  }

  public func settled(output: Shape, target: Shape) throws(ShapeError) -> any Metric {
    IoU(try settledSettings(output: output, target: target), of: targetClasses!)
  }
}

extension [Int]? {
  var idsConfiguration: [String: JSONValue] {
    map { ["target_class_ids": .array($0.map { .integer($0) })] } ?? [:]
  }
}
