/// Parts of the training data that are kept for something else: `{validation: 15%, test: 10%}`, or for validation one
/// of several parts of equal size, `{folds: 5, fold: 0}`; what remains is trained on.
public struct SplitChoice: Hashable, Sendable, Codable {
  public var validation: Share?
  public var test: Share?
  /// Equal parts of what is not for the test, of which each can be validated on in a run of its own.
  public var folds: Int?
  /// The part that is validated on, counted from 0.
  public var fold: Int?
  /// Of the choice of the samples; apart from the recipe's, so that runs of other seeds can be compared.
  public var seed = 0
  /// The column that says which samples belong together, so that they go to one part; nil deals out every class in the
  /// same proportions.
  public var group: String?

  public init(validation: Share? = nil, test: Share? = nil, seed: Int = 0) {
    (self.validation, self.test, self.seed) = (validation, test, seed)
  }

  /// Whether a part of the data is validated on.
  public var keepsValidation: Bool { validation != nil || folds != nil }

  private enum CodingKeys: String, CodingKey { case validation, test, folds, fold, seed, group }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    validation = try values.decodeIfPresent(Share.self, forKey: .validation)
    test = try values.decodeIfPresent(Share.self, forKey: .test)
    folds = try values.decodeIfPresent(Int.self, forKey: .folds)
    fold = try values.decodeIfPresent(Int.self, forKey: .fold)
    try values.update(&seed, .seed)
    group = try values.decodeIfPresent(String.self, forKey: .group)
  }
}
