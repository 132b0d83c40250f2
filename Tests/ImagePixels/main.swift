import Datasets
import Foundation
import Tensors

// Decodes an image file as training would, for check_images.py (Tests/Fixtures/images): a line of JSON with the shape
// and the element, or with the sentence of refusal, then the numbers.
//
//   convoy-pixels FILE [DECODING]     DECODING: as 'data.decoding', in JSON

struct Answer: Encodable {
  var shape: [Int] = []
  var element = SampleElement.byte
  var refusal: String?
}

var (answer, bytes) = (Answer(), [UInt8]())
do {
  let arguments = CommandLine.arguments
  let decoding = try arguments.dropFirst(2).first.map {
    try JSONDecoder().decode(ImageDecoding.self, from: Data($0.utf8))
  }
  let source = try ImageFileSource(files: [arguments[1]], decoding: decoding ?? ImageDecoding())
  bytes = try source.sample(0)
  (answer.shape, answer.element) = (source.shape.dimensions, source.element)
} catch {
  answer.refusal = "\(error)"
}
FileHandle.standardOutput.write(try JSONEncoder().encode(answer) + Data("\n".utf8) + Data(bytes))
