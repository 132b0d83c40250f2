import Foundation
import Training

extension ModelNotes {
  /// For people: a line for the classes, one for the preprocessing.
  var description: String {
    let classes = classNames.isEmpty ? "without names" : classNames.prefix(20).joined(separator: ", ")
    let more = classNames.count > 20 ? " and \(classNames.count - 20) more" : ""
    let text = (try? JSONEncoder.ofNumbers.encode(preprocessing)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    return "classes: \(classes)\(more)\npreprocessing: \(text == "{}" ? "bytes become 0 to 1" : text)"
  }
}
