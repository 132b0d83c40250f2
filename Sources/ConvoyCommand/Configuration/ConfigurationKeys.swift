import Tensors
import Training

/// All keys that a configuration can have, wherever they lie, and which of them was probably meant.
package enum ConfigurationKeys {
  /// A configuration that opens every group of keys; what it says means nothing.
  package static let everyGroup = """
    model: {input: [1], layers: []}
    data: {train: x, split: {}}
    optimizer: {}
    schedule: {}
    preprocessing: {standardize: {mean: [0], deviation: [1]}}
    augmentation: [{padCrop: 1}, {flip: horizontal}]
    checkpoint: {keep: {}}
    average: {decay: 0.9}
    earlyStopping: {patience: 1}
    finetune: {head: {}, phases: [{gradually: {every: 1}, schedule: {}}]}
    """

  /// The paths, found by decoding, so that no list has to follow the types.
  package static let all: [[String]] = {
    let record = DecodingRecord()
    guard let document = try? YAMLDocument(everyGroup) else { return [] }
    _ = try? StrictDecoder(value: document.value, codingPath: [], record: record).decode(Recipe.self)
    return record.askedPaths.sorted { ($0.count, $0.joined(separator: ".")) < ($1.count, $1.joined(separator: ".")) }
  }()

  /// The end of a sentence about a key that there is not: what was meant, or which keys there are.
  ///
  /// - Parameter siblings: the keys that there are in the same group.
  static func suggestion(for path: [String], among siblings: [String]) -> String {
    let key = path.last!
    switch meaning(of: path, among: siblings) {
    case .keys(let keys):
      let isOutside = path.count > 1 && !keys[0].contains(".")
      let outside = isOutside ? ", outside of '\(path.dropLast().joined(separator: "."))'" : ""
      return "; did you mean \(keys.map { "'\($0)'" }.joined(separator: " or "))\(outside)?"
    case .advice(let advice): return "; \(advice)"
    case nil: return siblings.suggestion(for: key, reference: "docs/configuration.md lists the keys")
    }
  }

  /// What the key was probably meant to be.
  static func meaning(of path: [String], among siblings: [String]) -> FamiliarKeys.Meaning? {
    let (group, key) = (path.dropLast(), path.last!)
    func here(_ key: String) -> FamiliarKeys.Meaning { .keys([(group + [key]).joined(separator: ".")]) }
    if let same = siblings.first(where: { $0.lettersAndDigits == key.lettersAndDigits }) { return here(same) }
    if let familiar = FamiliarKeys.meaning(of: key) { return familiar }
    if let elsewhere = keys(named: key) { return .keys(elsewhere) }
    if let near = siblings.nearest(to: key) { return here(near) }
    return Set(all.compactMap(\.last)).sorted().nearest(to: key).flatMap(keys).map { .keys($0) }
  }

  /// The paths of the keys of that name that lie the least deep.
  private static func keys(named name: String) -> [String]? {
    let found = all.filter { $0.last!.lettersAndDigits == name.lettersAndDigits }
    let paths = found.filter { $0.count == found[0].count }.map { $0.joined(separator: ".") }
    return paths.isEmpty ? nil : paths
  }
}
