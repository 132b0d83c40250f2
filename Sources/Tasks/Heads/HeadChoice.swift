public import Networks

/// New outputs behind a backbone: `{pooling: average, dense: [256], dropout: 0.3, outputs: softmax}` for classes, or
/// `{task: segmentation, decoder: unet, classes: 11}`.
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

  /// A name of `TaskRegistry`; nil follows from the targets.
  public var task: String?
  /// Of a segmentation: what makes a map as large as the image of the features; nil is a U-Net's.
  public var decoder: SegmentationDecoder?
  public var pooling = Pooling.average
  /// Units of layers with a rectifier before the one that tells the classes apart.
  public var dense: [Int] = []
  /// Behind each of these, or behind the pooling where there is none.
  public var dropout = 0.0
  public var outputs = Outputs.softmax
  /// Nil takes as many as the data has.
  public var classes: Int?

  public init() {}

  private enum CodingKeys: String, CodingKey { case task, decoder, pooling, dense, dropout, outputs, classes }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    task = try values.decodeIfPresent(String.self, forKey: .task)
    self.decoder = try values.decodeIfPresent(SegmentationDecoder.self, forKey: .decoder)
    pooling = try values.decodeIfPresent(Pooling.self, forKey: .pooling) ?? pooling
    dense = try values.decodeIfPresent([Int].self, forKey: .dense) ?? dense
    dropout = try values.decodeIfPresent(Double.self, forKey: .dropout) ?? dropout
    outputs = try values.decodeIfPresent(Outputs.self, forKey: .outputs) ?? outputs
    classes = try values.decodeIfPresent(Int.self, forKey: .classes)
  }
}
