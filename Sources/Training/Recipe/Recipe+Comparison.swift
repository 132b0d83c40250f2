import Communication
import Datasets
import Foundation
import Networks

extension Recipe {
  /// What must be the same on all ranks, key by key: everything but threads, and where files lie.
  var commonFields: [String: String] {
    var copy = self
    (copy.threads, copy.pin) = (.automatic, .automatic)
    copy.forgetPlaces()
    return fields(of: copy).mapValues(text)
  }

  /// The first thing in which two recipes differ that a run cannot change half-way; nil where there is none.
  func difference(from other: Recipe) -> String? {
    let (mine, others) = (fields(of: decisive), fields(of: other.decisive))
    let keys = Set(mine.keys).union(others.keys).subtracting(["epochs"]).sorted()
    for key in keys where text(mine[key]) != text(others[key]) {
      return ValueDifference(key, others[key].map(text), mine[key].map(text)).sentence
    }
    return nil
  }

  /// What a run changes half-way against the recipe of its checkpoint, and what follows, in a sentence each.
  func changes(from other: Recipe, afterStep step: Int) -> [String] {
    var changes: [String] = []
    if epochs != other.epochs {
      changes.append(
        "'epochs' is \(epochs) instead of \(other.epochs): the run ends after epoch \(epochs)"
          + (schedule.isSpread
            ? ", and its schedule is spread over all of them: the rate goes on from another value" : "")
      )
    }
    if optimizer.baseRate != other.optimizer.baseRate {
      changes.append(
        "'optimizer.rate' is \(optimizer.baseRate) instead of \(other.optimizer.baseRate) from step \(step + 1) on; "
          + "weights and momentum stay as they are")
    }
    let (phases, others) = (finetune?.phases ?? [], other.finetune?.phases ?? [])
    if phases.map(\.rate) != others.map(\.rate) {
      changes.append("the rates of 'finetune.phases' are others from step \(step + 1) on")
    }
    if schedule != other.schedule || phases.map(\.schedule) != others.map(\.schedule) {
      changes.append(
        "the schedule is another one: from step \(step + 1) on the rate is what it would be "
          + "had it been so from the start")
    }
    return changes
  }

  private var decisive: Recipe {
    var copy = self
    (copy.threads, copy.pin, copy.checkpoint) = (.automatic, .automatic, CheckpointPolicy())
    (copy.reducer, copy.exchange) = (.overlapped, .automatic)
    (copy.memory, copy.featureCache) = (.balanced, .automatic)
    (copy.patience, copy.checkEvery, copy.onDesync, copy.onNonFinite) = (Seconds(0), 0, .stop, .stop)
    copy.preprocessing = preprocessing.withoutNumbers
    copy.adapted = []
    (copy.optimizer.rate, copy.schedule) = (nil, ScheduleChoice())
    if var finetune = copy.finetune {
      for index in finetune.phases.indices {
        (finetune.phases[index].rate, finetune.phases[index].schedule) = (nil, nil)
      }
      // What comes last may become longer or shorter.
      if let last = finetune.phases.indices.last {
        (finetune.phases[last].epochs, finetune.phases[last].steps) = (nil, 0)
      }
      copy.finetune = finetune
    }
    copy.forgetPlaces()
    return copy
  }

  /// Data may lie elsewhere on another machine; what it holds is compared on its own.
  private mutating func forgetPlaces() {
    // What else the data says counts, new keys too.
    (data.train, data.validation, data.test, data.columns) = ("", nil, nil, [:])
    unreadable = [:]
    if case .file = model { model = .file("") }
    finetune?.from = nil
  }

  /// As JSON.
  private func text(_ value: Any?) -> String {
    let options: JSONSerialization.WritingOptions = [.fragmentsAllowed, .sortedKeys, .withoutEscapingSlashes]
    guard let value, let data = try? JSONSerialization.data(withJSONObject: value, options: options) else {
      return "missing"
    }
    return String(decoding: data, as: UTF8.self)
  }

  /// By key, as JSON's objects.
  private func fields(of recipe: Recipe) -> [String: Any] {
    let encoder = JSONEncoder.ofNumbers
    var fields: [String: Any] = [:]
    for (label, value) in Mirror(reflecting: recipe).children {
      guard let label, let value = value as? any Encodable, let data = try? encoder.encode(value) else { continue }
      fields[label] = try? JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed)
    }
    return fields
  }
}
