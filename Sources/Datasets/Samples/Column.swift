public import Tensors

/// One of the things that every sample of a source has: its image, its class, where in the image something is.
public struct Column: Hashable, Sendable {
  /// The name in data, configurations and messages; no two columns of a source have the same.
  public var name: String
  public var kind: Kind
  public var element: SampleElement
  /// Of the value of one sample, the same for all of them.
  public var shape: Shape
  /// Names of the classes by number, of a mask, a category or categories; empty where nothing says them.
  public var classNames: [String]
  /// The number of pixels of a mask that are of no class; nil where all of them are of one.
  public var void: Int?
  /// How the network is given boxes; samples hold `xyxy`, which transforms move.
  public var encoding = BoxEncoding.xyxy

  public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
    /// Numbers that a network takes: (H, W, C) of an image, (F) of a row of a table.
    case image
    /// The class of every pixel of the image, (H, W, 1).
    case mask
    /// Boxes in the image, (capacity, numbers for each), or (4) where every image has one: left, top, right and bottom
    /// edge as parts of the width and height (Keras's `rel_xyxy`), then what else is known of a box. Rows that no box
    /// needs are 0.
    case boxes
    /// The class of the sample, counted from 0: shape (1).
    case category
    /// Multi-label: 0 or 1 for each of K labels, (K).
    case categories
    /// Numbers to predict, (K).
    case numbers
    /// Texts that a network takes, in UTF-8: (texts, bytes), or (bytes) of one; 0 behind the end of a text.
    case text
    /// How much the sample counts: shape (1).
    case weight

    /// Whether a value is as large as an image, so that it is read when it is wanted.
    public var isPicture: Bool { self == .image || self == .mask }
    /// Whether a value says of which class the whole sample is.
    package var isLabel: Bool { self == .category || self == .categories }
    /// Whether values are of classes, which have names.
    package var hasClasses: Bool { isLabel || self == .mask }
  }

  public init(
    _ name: String, _ kind: Kind, _ element: SampleElement, shape: Shape, classNames: [String] = [], void: Int? = nil
  ) {
    (self.name, self.kind, self.element, self.shape) = (name, kind, element, shape)
    (self.classNames, self.void) = (classNames, void)
  }

  /// The image of a sample.
  public static func image(_ shape: Shape, _ element: SampleElement = .byte) -> Column {
    Column("image", .image, element, shape: shape)
  }

  /// The class of a sample.
  public static func label(_ classNames: [String] = []) -> Column {
    Column("label", .category, .float, shape: [1], classNames: classNames)
  }

  /// Bytes of the value of one sample.
  public var size: Int { [shape.count, element.size].saturatedProduct }
}
