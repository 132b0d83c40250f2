/// Mean and standard deviation of each channel of a data set, after scaling.
public struct Standardization: Hashable, Sendable, Codable {
  /// One number for each channel, or one for all.
  public var mean: [Double]
  public var deviation: [Double]

  public init(mean: [Double], deviation: [Double]) { (self.mean, self.deviation) = (mean, deviation) }

  /// The usual figures by the name of the data set.
  public static let named: [String: Standardization] = [
    "mnist": Standardization(mean: [0.1307], deviation: [0.3081]),
    "cifar10": Standardization(mean: [0.4914, 0.4822, 0.4465], deviation: [0.2470, 0.2435, 0.2616]),
    "imagenet": Standardization(mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225]),
  ]

  private enum CodingKeys: String, CodingKey { case mean, deviation }

  /// `{mean: [...], deviation: [...]}` or a name of `named`.
  public init(from decoder: any Decoder) throws {
    if let container = try? decoder.singleValueContainer(), let name = try? container.decode(String.self) {
      guard let standard = Standardization.named[name] else {
        throw DecodingError.dataCorruptedError(
          in: container,
          debugDescription:
            "no standardization is called \(name); give \(Standardization.named.keys.sorted().joined(separator: ", ")) "
            + "or {mean: [...], deviation: [...]}")
      }
      self = standard
    } else {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      mean = try container.decode([Double].self, forKey: .mean)
      deviation = try container.decode([Double].self, forKey: .deviation)
    }
  }
}
