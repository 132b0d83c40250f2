import Kernels
import Networks
import Tensors

/// Arguments of the metrics of intersection over union: how classes are read, and which count. Those of Keras's
/// `IoU`.
public struct IoUSettings: Hashable, Sendable {
  /// Nil: as many as the output has channels, or the target where it alone is one-hot.
  public var classes: Int?
  /// Pixels whose target this is do not count.
  public var ignoredClass: Int?
  /// Whether targets (outputs) are class numbers, not one value for each class. Nil: as the shapes say.
  public var isTargetSparse: Bool?
  public var isOutputSparse: Bool?
  /// Along which one-hot values lie, as Keras counts it, 0 being the batch.
  public var axis = -1

  public init(classes: Int? = nil, ignoredClass: Int? = nil, isTargetSparse: Bool? = nil, isOutputSparse: Bool? = nil) {
    (self.classes, self.ignoredClass) = (classes, ignoredClass)
    (self.isTargetSparse, self.isOutputSparse) = (isTargetSparse, isOutputSparse)
  }

  init(_ configuration: LayerConfiguration, isOneHot: Bool) throws(ImportError) {
    classes = configuration.value("num_classes") == .null ? nil : try configuration.positive("num_classes", 1)
    ignoredClass = try configuration.optionalInteger("ignore_class")
    axis = try configuration.integer("axis", default: -1)
    isOutputSparse = try configuration.optionalBool("sparse_y_pred")
    isTargetSparse = isOneHot ? false : try configuration.optionalBool("sparse_y_true")
  }

  func kerasConfiguration(isOneHot: Bool) -> [String: JSONValue] {
    var values: [String: JSONValue] = [
      "num_classes": classes.map { .integer($0) } ?? .null, "axis": .integer(axis),
      "ignore_class": ignoredClass.map { .integer($0) } ?? .null,
      "sparse_y_pred": .bool(isOutputSparse ?? !isOneHot),
    ]
    if !isOneHot { values["sparse_y_true"] = .bool(isTargetSparse ?? true) }
    return values
  }

  /// With everything said that follows from the shapes.
  func settled(output: Shape, target: Shape, _ metric: String) throws(ShapeError) -> IoUSettings {
    var settled = self
    // Class numbers have one axis less than scores, or one of a single element.
    settled.isOutputSparse = isOutputSparse ?? (output.channels == 1 || output.rank < target.rank)
    settled.isTargetSparse = isTargetSparse ?? (target != output || target.channels == 1)
    let scores = settled.isOutputSparse! ? (settled.isTargetSparse! ? nil : target) : output
    if settled.classes == nil {
      guard let scores else {
        throw ShapeError("the metric '\(metric)' compares class numbers; say how many classes there are: num_classes.")
      }
      settled.classes = scores.dimensions[try scores.position(ofAxis: axis, metric)]
    }
    guard let ignored = ignoredClass, ignored < 0 else { return settled }
    // A negative class is none, and does not count anyway.
    settled.ignoredClass = nil
    return settled
  }

  /// Of settings that are settled.
  func readings(
    output: Shape, target: Shape, _ metric: String
  ) throws(ShapeError) -> (output: ClassReading, target: ClassReading) {
    (
      isOutputSparse! ? .whole : .largest(axis: try output.position(ofAxis: axis, metric)),
      isTargetSparse! ? .whole : .largest(axis: try target.position(ofAxis: axis, metric))
    )
  }
}
