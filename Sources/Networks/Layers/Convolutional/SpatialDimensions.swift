import Tensors

/// How many spatial axes the images of a layer have: the number in Keras's `Conv1D`, `Conv2D`, `Conv3D`.
///
/// A layer that exists for several of them is one generic type, `Conv<Dimensions>`; Keras's names are its aliases.
public protocol SpatialDimensions: Sendable {
  static var count: Int { get }
}

/// Sequences: (W, C).
public enum OneDimension: SpatialDimensions {
  public static let count = 1
}

/// Images: (H, W, C).
public enum TwoDimensions: SpatialDimensions {
  public static let count = 2
}

/// Volumes: (D, H, W, C).
public enum ThreeDimensions: SpatialDimensions {
  public static let count = 3
}

extension SpatialDimensions {
  /// `2D`: how Keras's names end.
  static var suffix: String { "\(count)D" }

  /// The same number for each axis.
  public static func all(_ number: Int) -> [Int] { Array(repeating: number, count: count) }

  /// The only input of a layer.
  static func input(_ inputs: [Shape]) throws(ShapeError) -> Shape { try inputs.one(rank: count + 1) }
}
