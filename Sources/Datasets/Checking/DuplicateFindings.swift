import Tensors

/// The images of all splits that are the same, or nearly so.
package struct DuplicateFindings {
  /// A sample of one of the splits.
  private struct Place {
    let split: Int
    let sample: Int
  }

  private let surveys: [Survey]
  /// All samples, split by split.
  private let places: [Place]
  private let facts: [ImageFacts?]
  /// Sets of samples with the same pixels, each in order.
  private var sames: [[Int]] = []

  /// - Parameter facts: of every sample of each split.
  package init(_ surveys: [Survey], _ facts: [[SampleFacts]]) {
    self.surveys = surveys
    places = surveys.indices.flatMap { split in
      surveys[split].samples.indices.map { Place(split: split, sample: $0) }
    }
    self.facts = facts.flatMap { $0.map(\.image) }
    var sets: [UInt64: [Int]] = [:]
    // A file that a list names twice is told by the list.
    var seen: Set<String> = []
    for (index, image) in self.facts.enumerated() {
      let place = places[index]
      if let file = surveys[place.split].samples[place.sample].fileOfPicture, !seen.insert(file.name).inserted {
        continue
      }
      guard let image, !image.isOneColour else { continue }
      sets[image.digest, default: []].append(index)
    }
    sames = sets.values.sorted { $0[0] < $1[0] }
  }

  /// Those that are compared with each other: the first of each set.
  package var search: (index: DuplicateSearch, images: [Int]) {
    let firsts = sames.map { $0[0] }
    return (DuplicateSearch(firsts.map { facts[$0] }), firsts)
  }

  /// Whether a pair of the search is nearly the same, at a closer look.
  package func isConfirmed(_ pair: DuplicateSearch.Pair, _ images: [Int]) -> Bool {
    guard let first = thumbnail(images[pair.first]), let second = thumbnail(images[pair.second]) else { return false }
    return ImageComparison.isNearlySame(second, first, Turn(rawValue: pair.turn)!)
  }

  private func thumbnail(_ index: Int) -> Thumbnail? {
    surveys[places[index].split].image(places[index].sample).map(Thumbnail.init)
  }

  /// - Parameter similar: confirmed pairs of the search.
  /// - Returns: what is in one split by its number, and what is between splits.
  package func faults(
    _ similar: [DuplicateSearch.Pair], _ images: [Int]
  ) -> (inside: [[DataFault]], between: [DataFault]) {
    var inside = [[DataFault]](repeating: [], count: surveys.count)
    var between: [DataFault] = []
    func add(_ kind: FindingKind, _ members: [Int], _ detail: String) {
      let fault = DataFault(kind, members.map(name), detail)
      let splits = Set(members.map { places[$0].split })
      if splits.count == 1 { inside[splits.first!].append(fault) } else { between.append(fault) }
    }
    for set in sames where set.count > 1 {
      let splits = Set(set.map { places[$0].split }).sorted()
      let labels = labels(of: set)
      if splits.count > 1 { add(.sameInTwoSplits, set, splits.map { surveys[$0].split }.joined(separator: " and ")) }
      if labels.count > 1 { add(.sameUnderTwoLabels, set, labels.joined(separator: " and ")) }
      if splits.count == 1, labels.count < 2 { add(.sameImage, set, "") }
    }
    var groups = Groups(count: facts.count)
    for pair in similar {
      let members = [images[pair.first], images[pair.second]]
      let lie = Turn(rawValue: pair.turn)!.text
      let splits = members.map { places[$0].split }
      let labels = labels(of: members)
      let ending = lie.isEmpty ? "" : ", \(lie)"
      if splits[0] != splits[1] {
        add(.similarInTwoSplits, members, splits.map { surveys[$0].split }.joined(separator: " and ") + ending)
      }
      if labels.count > 1 { add(.similarUnderTwoLabels, members, labels.joined(separator: " and ") + ending) }
      if splits[0] == splits[1], labels.count < 2 { groups.join(members[0], members[1]) }
    }
    for group in groups.all { add(.similarImage, group, "") }
    return (inside, between)
  }

  private func name(_ index: Int) -> String { surveys[places[index].split].samples[places[index].sample].name }

  /// The different labels of some samples.
  private func labels(of members: [Int]) -> [String] {
    Set(
      members.compactMap { index in
        surveys[places[index].split].samples[places[index].sample].labels.map { $0.joined(separator: "+") }
      }
    ).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}

/// Numbers that are joined to groups.
private struct Groups {
  private var parents: [Int]

  init(count: Int) { parents = Array(0..<count) }

  private func root(_ number: Int) -> Int {
    var number = number
    while parents[number] != number { number = parents[number] }
    return number
  }

  mutating func join(_ first: Int, _ second: Int) {
    let roots = [root(first), root(second)].sorted()
    parents[roots[1]] = roots[0]
  }

  /// Those of more than one, in order.
  var all: [[Int]] {
    Dictionary(grouping: parents.indices, by: root).values.filter { $0.count > 1 }.sorted { $0[0] < $1[0] }
  }
}
