import Tensors

/// A column of the data, as a configuration says it: the kind alone, `numbers`, or more of it,
/// `{kind: mask, from: masks, classNames: [sky, road], void: 255}`.
public struct ColumnChoice: Hashable, Sendable, Codable {
  public var kind: Column.Kind
  /// What the data calls it: datasets of HDF5, columns of a CSV file, the folder of masks; nil for its own name.
  public var from: [String]?
  /// Of a mask, a category or categories; nil for those of the data.
  public var classNames: [String]?
  /// How many classes a mask has, where they have no names.
  public var classes: Int?
  /// The colour of each class of a mask, red, green and blue; nil where pixels are class numbers.
  public var colors: [[Int]]?
  /// The class number of a mask's pixels that are of no class.
  public var void: Int?
  /// How boxes are written.
  public var format: BoxFormat?
  /// How the network learns boxes; nil is `xyxy`.
  public var encoding: BoxEncoding?
  /// Of an image, the other image whose random transforms it shares; nil draws its own.
  public var transformedWith: String?
  /// Where the channels of images and masks are in arrays; nil for last.
  public var dataFormat: DataFormat?

  /// The order of axes, by Keras's names.
  public enum DataFormat: String, Hashable, Sendable, Codable {
    case channelsFirst = "channels_first"
    case channelsLast = "channels_last"
  }

  public init(_ kind: Column.Kind, from: [String]? = nil) { (self.kind, self.from) = (kind, from) }

  private enum CodingKeys: String, CodingKey {
    case kind, from, classNames, classes, colors, void, format, encoding, transformedWith, dataFormat
  }

  public init(from decoder: any Decoder) throws {
    if let container = try? decoder.singleValueContainer(), let word = try? container.decode(String.self) {
      guard let kind = Column.Kind(rawValue: word) else {
        let kinds = Column.Kind.allCases.map(\.rawValue)
        throw DecodingError.dataCorruptedError(
          in: container,
          debugDescription: "there is no kind of column '\(word)'; known are \(kinds.joined(separator: ", "))")
      }
      self.init(kind)
      return
    }
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(try values.decode(Column.Kind.self, forKey: .kind))
    if let name = try? values.decodeIfPresent(String.self, forKey: .from) {
      from = [name]
    } else {
      from = try values.decodeIfPresent([String].self, forKey: .from)
    }
    classNames = try values.decodeIfPresent([String].self, forKey: .classNames)
    classes = try values.decodeIfPresent(Int.self, forKey: .classes)
    colors = try values.decodeIfPresent([[Int]].self, forKey: .colors)
    void = try values.decodeIfPresent(Int.self, forKey: .void)
    format = try values.decodeIfPresent(BoxFormat.self, forKey: .format)
    encoding = try values.decodeIfPresent(BoxEncoding.self, forKey: .encoding)
    transformedWith = try values.decodeIfPresent(String.self, forKey: .transformedWith)
    dataFormat = try values.decodeIfPresent(DataFormat.self, forKey: .dataFormat)
  }

  /// What is impossible by itself, whatever the data, with the key that says it; nil where nothing is.
  package var mistake: (key: String, problem: String)? {
    let given: [(key: String, isGiven: Bool, users: [Column.Kind])] = [
      ("classNames", classNames != nil, [.mask, .category, .categories]), ("classes", classes != nil, [.mask]),
      ("colors", colors != nil, [.mask]), ("void", void != nil, [.mask]), ("format", format != nil, [.boxes]),
      ("encoding", encoding != nil, [.boxes]), ("transformedWith", transformedWith != nil, [.image]),
      ("dataFormat", dataFormat != nil, [.image, .mask]),
    ]
    if let foreign = given.first(where: { $0.isGiven && !$0.users.contains(kind) }) {
      return (foreign.key, "means nothing to the kind \(kind.rawValue); remove it.")
    }
    if let classes, !(1...256).contains(classes) { return ("classes", "is \(classes), but must be 1 to 256.") }
    if classes != nil, classNames != nil {
      return ("classes", "and 'classNames' both say how many there are; remove one of them.")
    }
    if let void, !(0...255).contains(void) { return ("void", "is \(void), but must be 0 to 255.") }
    guard let colors else { return nil }
    if let color = colors.first(where: { $0.count != 3 || !$0.allSatisfy((0...255).contains) }) {
      return ("colors", "has \(color), but a colour is red, green and blue, 0 to 255 each.")
    }
    if Set(colors).count < colors.count { return ("colors", "has a colour twice; give each class another one.") }
    guard colors.count <= 256, (maskNames ?? []).isEmpty || maskNames!.count == colors.count else {
      return ("colors", "has \(colors.count) colours for \(maskNames!.count) classes; give one for each.")
    }
    return nil
  }

  /// The names of the classes of a mask, or their numbers; nil where nothing says how many there are.
  var maskNames: [String]? {
    classNames ?? (classes ?? colors?.count).map { (0..<$0).map(String.init) }
  }

  /// Whether it is a mask of which nothing says how many classes it has.
  package var isMaskWithoutClasses: Bool { kind == .mask && maskNames == nil }

  /// A column of boxes.
  ///
  /// - Parameter shape: of the numbers of a sample.
  func boxes(_ name: String, _ shape: Shape) -> Column {
    var column = Column(name, .boxes, .float, shape: shape)
    column.encoding = encoding ?? .xyxy
    return column
  }

  /// A column of masks.
  func mask(_ name: String, _ shape: (height: Int, width: Int)) -> Column {
    Column(
      name, .mask, .byte, shape: [shape.height, shape.width, 1], classNames: maskNames ?? [], void: void)
  }
}
