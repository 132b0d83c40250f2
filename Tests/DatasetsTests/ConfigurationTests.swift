import Datasets
import Foundation
import Testing

@Suite struct ConfigurationTests {
  func decode<Value: Decodable>(_ text: String, _ type: Value.Type = Value.self) throws -> Value {
    try JSONDecoder().decode(type, from: Data(text.utf8))
  }

  @Test func preprocessingIsReadAsWritten() throws {
    #expect(try decode("{}") == Preprocessing())
    #expect(try decode(#"{"scale": 0.5}"#) == Preprocessing(scale: 0.5))
    #expect(try decode(#"{"scale": "1/255"}"#) == Preprocessing(scale: 1 / 255.0))
    #expect(try decode(#"{"scale": "1 / 4"}"#) == Preprocessing(scale: 0.25))
    let own = Preprocessing(standardize: Standardization(mean: [0.5], deviation: [0.25]))
    #expect(try decode(#"{"standardize": {"mean": [0.5], "deviation": [0.25]}}"#) == own)
    #expect(
      try decode(#"{"standardize": "cifar10"}"#, Preprocessing.self).standardize?.mean == [0.4914, 0.4822, 0.4465])
    #expect(try JSONDecoder().decode(Preprocessing.self, from: JSONEncoder().encode(own)) == own)
  }

  @Test func augmentationsAreReadAsWritten() throws {
    let list: [Augmentation] = [.padCrop(4), .flip(.horizontal)]
    #expect(try decode(#"[{"padCrop": 4}, {"flip": "horizontal"}]"#) == list)
    #expect(try JSONDecoder().decode([Augmentation].self, from: JSONEncoder().encode(list)) == list)
  }

  @Test(arguments: [#"{"scale": "1/0"}"#, #"{"scale": "half"}"#, #"{"scale": []}"#, #"{"standardize": "cifar"}"#])
  func badPreprocessingIsRefused(text: String) {
    #expect(throws: DecodingError.self) { _ = try decode(text, Preprocessing.self) }
  }

  @Test(arguments: [#"{}"#, #"{"crop": 4}"#, #"{"padCrop": 4, "flip": "horizontal"}"#, #"{"flip": "diagonal"}"#])
  func badAugmentationIsRefused(text: String) {
    #expect(throws: DecodingError.self) { _ = try decode(text, Augmentation.self) }
  }
}
