import Datasets
import Foundation
import Training

extension ModelNotes {
  /// For people: a line for the classes, one for the preprocessing, one for the numbers that it is for.
  var description: String {
    let classes = classNames.isEmpty ? "without names" : classNames.prefix(20).joined(separator: ", ")
    let more = classNames.count > 20 ? " and \(classNames.count - 20) more" : ""
    let stored = preprocessing.stored
    let usual = stored?.element == .float ? "as they are" : "bytes become 0 to 1"
    let json = try? JSONEncoder.ofNumbers.encode(preprocessing.withoutNumbers)
    let text = json.map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    return "classes: \(classes)\(more)\npreprocessing: \(text == "{}" ? usual : text)"
      + (stored.map { "\nnumbers: \($0.text) (\($0.element.rawValue)s)" } ?? "")
  }
}
