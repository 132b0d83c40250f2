/// A new classifier behind a backbone: `{pooling: average, dense: [256], dropout: 0.3, outputs: softmax}`.
public struct HeadChoice: Hashable, Sendable, Codable {
  /// The treatment of the axes of space.
  public enum Pooling: String, Hashable, Sendable, Codable, CaseIterable {
    /// The mean of every channel; any size of image will do.
    case average
    case max
    /// Every place has weights of its own.
    case flatten
  }

  public enum Outputs: String, Hashable, Sendable, Codable, CaseIterable {
    /// A probability for each class, of which one is right.
    case softmax
    /// One number, the probability of the second of two classes.
    case sigmoid
    /// A probability for each label; any number of them is right.
    case sigmoids
  }

  public var pooling = Pooling.average
  /// Units of layers with a rectifier before the one that tells the classes apart.
  public var dense: [Int] = []
  /// Behind each of these, or behind the pooling where there is none.
  public var dropout = 0.0
  public var outputs = Outputs.softmax
  /// Nil takes as many as the data has.
  public var classes: Int?

  public init() {}

  private enum CodingKeys: String, CodingKey { case pooling, dense, dropout, outputs, classes }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try values.update(&pooling, .pooling)
    try values.update(&dense, .dense)
    try values.update(&dropout, .dropout)
    try values.update(&outputs, .outputs)
    classes = try values.decodeIfPresent(Int.self, forKey: .classes)
  }
}
