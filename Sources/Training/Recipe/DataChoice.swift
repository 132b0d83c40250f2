/// Where samples come from: `PATH` or `PATH:/GROUP`, relative to the configuration file.
public struct DataChoice: Hashable, Sendable, Codable {
  public var train: String
  /// What accuracy is measured on after every epoch; nothing is measured without it.
  public var test: String?
  /// Whether images of another size are resized to the input of the model.
  public var resize = false

  public init(train: String, test: String? = nil) { (self.train, self.test) = (train, test) }

  private enum CodingKeys: String, CodingKey { case train, test, resize }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      train: try values.decode(String.self, forKey: .train), test: try values.decodeIfPresent(String.self, forKey: .test))
    try values.update(&resize, .resize)
  }
}
