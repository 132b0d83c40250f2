import Foundation

extension Recipe {
  /// The recipe as JSON without what does not change the weights, such as threads.
  var decisiveText: String {
    do {
      return String(decoding: try JSONEncoder.ofNumbers.encode(decisive), as: UTF8.self)
    } catch {
      preconditionFailure("a recipe that cannot be written: \(error)")
    }
  }

  /// The first thing in which two recipes differ that a run cannot change half-way; nil where there is none.
  func difference(from other: Recipe) -> String? {
    let (mine, others) = (fields(of: decisive), fields(of: other.decisive))
    for key in Set(mine.keys).union(others.keys).sorted() where key != "epochs" && mine[key] != others[key] {
      return "'\(key)' is \(mine[key] ?? "missing") instead of \(others[key] ?? "missing")"
    }
    return nil
  }

  private var decisive: Recipe {
    var copy = self
    (copy.threads, copy.pin, copy.reducer, copy.checkpoint) = (.automatic, .automatic, .overlapped, CheckpointPolicy())
    // Data may lie elsewhere on another machine; what it holds is compared on its own.
    copy.data = DataChoice(train: "")
    copy.data.resize = data.resize
    if case .file = model { copy.model = .file("") }
    return copy
  }

  private func fields(of recipe: Recipe) -> [String: String] {
    let encoder = JSONEncoder.ofNumbers
    var fields: [String: String] = [:]
    for (label, value) in Mirror(reflecting: recipe).children {
      guard let label, let value = value as? any Encodable, let data = try? encoder.encode(value) else { continue }
      fields[label] = String(decoding: data, as: UTF8.self)
    }
    return fields
  }
}
