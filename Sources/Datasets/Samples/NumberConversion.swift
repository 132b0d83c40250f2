import Tensors

/// How the numbers of a source become those that something was made for.
struct NumberConversion {
  /// Of every stored number.
  private(set) var factor = 1.0
  /// A sentence on what a person should know of it; nil where everything is as it was.
  private(set) var notice: String?

  /// Numbers as they are.
  init() {}

  /// - Parameters:
  ///   - source: where the numbers come from.
  ///   - expected: what was trained on.
  init(of source: any DataSource, to expected: StoredNumbers) throws(DataError) {
    guard source.element != .byte || expected != .bytes, let own = StoredNumbers(of: source) else { return }
    let ranges = "numbers from \(own.text), but the model takes \(expected.text)"
    func refusal() -> DataError {
      DataError(
        source.location, "holds \(ranges), and nothing says how the ones become the others",
        remedy: "give data on that range, or say with 'preprocessing' how this is prepared")
    }
    // The numbers of a table have no scale in common: a row may well lie far from all others.
    let isTable = source.shape.rank == 1
    if let from = own.fullScale, let to = expected.fullScale {
      guard from != to else { return }
      guard !isTable || own.element == .byte || expected.element == .byte else {
        notice = "\(source.location) holds \(ranges): they are taken as they are."
        return
      }
      factor = to / from
      let change =
        factor > 1 ? "multiplied by \(StoredNumbers.text(factor))" : "divided by \(StoredNumbers.text(1 / factor))"
      notice = "\(source.location) holds \(ranges): they are \(change)."
      return
    }
    guard own.element == .float else { throw refusal() }
    guard expected.highest > expected.lowest, own.highest > own.lowest else { return }
    switch Fit(of: own, to: expected) {
    case .good: return
    case .none where !isTable: throw refusal()
    case .none, .doubtful: notice = "\(source.location) holds \(ranges): they are taken as they are."
    }
  }

  /// How well one range suits another one, of which one lies on no usual scale.
  private enum Fit {
    case good
    /// As if something else had been done to the numbers.
    case doubtful
    case none

    init(of own: StoredNumbers, to expected: StoredNumbers) {
      let width = expected.highest - expected.lowest
      let isNormalized = own.lowest < -0.05 && own.highest < 16
      if let full = expected.fullScale {
        self =
          isNormalized || own.lowest < -0.05 * full || own.highest > 2 * full
          ? .none : own.highest < full / 16 || own.highest > 1.5 * full ? .doubtful : .good
      } else if own.highest > expected.highest + 2 * width || own.lowest < expected.lowest - 2 * width {
        self = .none
      } else {
        self = expected.lowest < -0.05 && own.lowest >= 0 && own.fullScale != nil ? .doubtful : .good
      }
    }
  }
}
