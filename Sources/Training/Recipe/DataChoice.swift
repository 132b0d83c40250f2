public import Datasets

/// Where samples come from: `PATH` or `PATH:/GROUP`, relative to the configuration file.
public struct DataChoice: Hashable, Sendable, Codable {
  public var train: String
  /// What accuracy is measured on after every epoch, and what chooses among epochs.
  public var validation: String?
  /// What accuracy is measured on once, at the end; without validation data, after every epoch.
  public var test: String?
  /// Parts of `train` that take the place of `validation` and `test`.
  public var split: SplitChoice?
  /// The most samples of `train` that are used, every class in the same proportions, before `split`; nil takes all.
  public var limit: Int?
  /// How often samples come in an epoch; nil is once.
  public var sampling: SamplingChoice?
  /// What becomes of samples that cannot be read; nil is `stop`.
  public var onBadSample: BadSampleChoice?
  /// Whether images of another size are resized to the input of the model.
  public var resize = false

  /// What the data holds beside images and classes, and under which names, by the names of the columns.
  public var columns: [String: ColumnChoice] = [:]

  /// How image files are decoded; nil leaves it to the model's file, where that says it.
  public var decoding: ImageDecoding?

  public init(train: String, validation: String? = nil, test: String? = nil) {
    (self.train, self.validation, self.test) = (train, validation, test)
  }

  /// Whether there is data to choose among epochs by.
  public var hasValidation: Bool { validation != nil || split?.keepsValidation == true }
  public var hasTest: Bool { test != nil || split?.test != nil }

  /// The consequence when samples cannot be read.
  public enum BadSampleChoice: String, Hashable, Sendable, Codable, CaseIterable {
    /// The run ends before the first step, and names them.
    case stop
    /// They are left out, counted and listed.
    case skip
  }

  private enum CodingKeys: String, CodingKey {
    case train, validation, test, split, limit, sampling, onBadSample, resize, columns, decoding
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      train: try values.decode(String.self, forKey: .train),
      validation: try values.decodeIfPresent(String.self, forKey: .validation),
      test: try values.decodeIfPresent(String.self, forKey: .test))
    split = try values.decodeIfPresent(SplitChoice.self, forKey: .split)
    limit = try values.decodeIfPresent(Int.self, forKey: .limit)
    sampling = try values.decodeIfPresent(SamplingChoice.self, forKey: .sampling)
    onBadSample = try values.decodeIfPresent(BadSampleChoice.self, forKey: .onBadSample)
    try values.update(&resize, .resize)
    try values.update(&columns, .columns)
    decoding = try values.decodeIfPresent(ImageDecoding.self, forKey: .decoding)
  }
}
