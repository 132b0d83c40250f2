public import Networks
public import Tensors

/// `MeanIoU` of targets that hold one value for each class (…, K), and of outputs that do, unless `sparse_y_pred`.
/// Keras's `OneHotMeanIoU`.
public struct OneHotMeanIoU: ConfusionMetric {
  public static let kerasName = "OneHotMeanIoU"
  public static let functionName = "one_hot_mean_io_u"
  public static let aliases = ["one_hot_mean_iou"]
  public let settings: IoUSettings

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    settings = try IoUSettings(configuration, isOneHot: true)
  }

  private init(_ settings: IoUSettings) { self.settings = settings }

  public func kerasConfiguration() -> [String: JSONValue] { settings.kerasConfiguration(isOneHot: true) }

  public func settled(output: Shape, target: Shape) throws(ShapeError) -> any Metric {
    OneHotMeanIoU(try settledSettings(output: output, target: target))
  }
}
