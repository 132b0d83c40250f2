public import Kernels
public import Networks
import Tensors

/// The share of pixels whose class is right, without those of a class that is ignored. Outputs (…, K), targets (…) or
/// (…, 1) of class numbers. Keras has it only without `ignore_class`, as `SparseCategoricalAccuracy`.
public struct PixelAccuracy: ClassAccuracy {
  public static let kerasName = "PixelAccuracy"
  public static let functionName = "pixel_accuracy"
  public static let isInKeras = false
  public let ignoredClass: Int?

  public init(ignoredClass: Int? = nil) { self.ignoredClass = ignoredClass }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    ignoredClass = try configuration.optionalInteger("ignore_class")
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    ["ignore_class": ignoredClass.map { .integer($0) } ?? .null]
  }

  public func absorbing(_ activation: ActivationFunction) -> (any Metric)? { activation.keepsOrder ? self : nil }

  func readings(output: Shape, target: Shape) throws(ShapeError) -> (output: ClassReading, target: ClassReading) {
    (.largest(axis: try output.lastAxis(Self.functionName)), .exact)
  }
}
