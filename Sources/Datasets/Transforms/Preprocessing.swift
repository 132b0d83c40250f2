/// How stored numbers become the network's inputs: (value * scale - mean) / deviation, per channel, or in one of the
/// ways that pretrained networks want.
public struct Preprocessing: Hashable, Sendable, Codable {
  /// A mode of Keras's `preprocess_input` for bytes of RGB (`keras.applications.imagenet_utils`).
  public enum Mode: String, Hashable, Sendable, Codable, CaseIterable {
    /// -1 to 1: value / 127.5 - 1.
    case tf
    /// BGR, less the mean colour of ImageNet: 103.939, 116.779, 123.68.
    case caffe
    /// value / 255, standardized by mean and deviation of ImageNet.
    case torch
    /// As they are, 0 to 255: the network does it itself.
    case none
  }

  /// Instead of the two others.
  public var mode: Mode?
  /// Factor of every number; nil means 1/255 for bytes and 1 for floats.
  public var scale: Double?
  /// Nil leaves the scaled numbers as they are.
  public var standardize: Standardization?
  /// The numbers that the others are for: those of the data that a model was trained on, where a checkpoint says them.
  /// Data that holds others is converted to them first. Nil takes all numbers as they are stored.
  public var stored: StoredNumbers?

  public init(
    scale: Double? = nil, standardize: Standardization? = nil, mode: Mode? = nil, stored: StoredNumbers? = nil
  ) {
    (self.scale, self.standardize, self.mode, self.stored) = (scale, standardize, mode, stored)
  }

  /// What is said of preparation alone, whatever the data holds.
  public var withoutNumbers: Preprocessing { Preprocessing(scale: scale, standardize: standardize, mode: mode) }

  /// The same for the numbers of a source, where it says none.
  public func learning(from source: any DataSource) -> Preprocessing {
    Preprocessing(
      scale: scale, standardize: standardize, mode: mode, stored: expected ?? StoredNumbers(of: source))
  }

  /// The numbers that it is for; nil where it takes all as they are.
  var expected: StoredNumbers? { stored ?? (mode == nil || mode == Mode.none ? nil : .bytes) }

  private enum CodingKeys: String, CodingKey { case mode, scale, standardize, stored }

  /// `scale` is a number or a quotient such as `1/255`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    mode = try container.decodeIfPresent(Mode.self, forKey: .mode)
    standardize = try container.decodeIfPresent(Standardization.self, forKey: .standardize)
    stored = try container.decodeIfPresent(StoredNumbers.self, forKey: .stored)
    if let number = try? container.decodeIfPresent(Double.self, forKey: .scale) {
      scale = number
    } else if let text = try container.decodeIfPresent(String.self, forKey: .scale) {
      let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(Double.init(trimming:))
      guard parts.count == 2, let numerator = parts[0], let denominator = parts[1], denominator != 0 else {
        throw DecodingError.dataCorruptedError(
          forKey: .scale, in: container,
          debugDescription: "a number or a quotient such as 1/255 is expected, not \(text)")
      }
      scale = numerator / denominator
    }
  }
}

extension Double {
  fileprivate init?(trimming text: Substring) {
    guard let first = text.firstIndex(where: { $0 != " " }), let last = text.lastIndex(where: { $0 != " " }) else {
      return nil
    }
    self.init(text[first...last])
  }
}
