import Communication
import Foundation
import Networks

extension Recipe {
  /// What must be the same on all ranks, key by key: everything but threads, and where files lie.
  var commonFields: [String: String] {
    var copy = self
    (copy.threads, copy.pin) = (.automatic, .automatic)
    copy.forgetPlaces()
    return fields(of: copy)
  }

  /// The first thing in which two recipes differ that a run cannot change half-way; nil where there is none.
  func difference(from other: Recipe) -> String? {
    let (mine, others) = (fields(of: decisive), fields(of: other.decisive))
    for key in Set(mine.keys).union(others.keys).sorted() where key != "epochs" && mine[key] != others[key] {
      return ValueDifference(key, others[key], mine[key]).sentence
    }
    return nil
  }

  private var decisive: Recipe {
    var copy = self
    (copy.threads, copy.pin, copy.checkpoint) = (.automatic, .automatic, CheckpointPolicy())
    (copy.reducer, copy.exchange) = (.overlapped, .automatic)
    (copy.memory, copy.featureCache) = (.balanced, .automatic)
    (copy.patience, copy.checkEvery, copy.onDesync, copy.onNonFinite) = (Seconds(0), 0, .stop, .stop)
    copy.forgetPlaces()
    return copy
  }

  /// Data may lie elsewhere on another machine; what it holds is compared on its own.
  private mutating func forgetPlaces() {
    let old = data
    data = DataChoice(train: "")
    (data.resize, data.split) = (old.resize, old.split)
    if case .file = model { model = .file("") }
    finetune?.from = nil
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
