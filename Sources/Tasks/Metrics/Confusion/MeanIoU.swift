public import Networks
public import Tensors

/// Mean over the classes that occur of intersection over union:
///
///     true positives / (true positives + false positives + false negatives)
///
/// Outputs and targets are class numbers (…) or (…, 1), or one value for each class (…, K), as `sparse_y_pred` and
/// `sparse_y_true` say or, where they are not said, as the shapes are. Keras's `MeanIoU`, but for the 1e-7 that it adds
/// to denominators, and for weights of samples, which it makes whole numbers.
public struct MeanIoU: ConfusionMetric {
  public static let kerasName = "MeanIoU"
  public static let functionName = "mean_io_u"
  public static let aliases = ["mean_iou"]
  public let settings: IoUSettings

  public init(_ settings: IoUSettings = IoUSettings()) { self.settings = settings }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    settings = try IoUSettings(configuration, isOneHot: false)
  }

  public func kerasConfiguration() -> [String: JSONValue] { settings.kerasConfiguration(isOneHot: false) }

  public func settled(output: Shape, target: Shape) throws(ShapeError) -> any Metric {
    MeanIoU(try settledSettings(output: output, target: target))
  }
}
