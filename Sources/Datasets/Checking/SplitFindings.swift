import Tensors

/// Findings about the samples of a split taken together, and about those of several splits.
package enum SplitFindings {
  /// What most images must have in common for the others to be rare: of a hundred.
  private static let common = 80

  /// - Parameter facts: of every sample.
  package static func inside(_ survey: Survey, _ facts: [SampleFacts]) -> [DataFault] {
    survey.faults + facts.flatMap(\.faults) + classes(survey) + maskClasses(survey, facts) + rare(survey, facts)
      + listed(survey)
      + constants(survey)
  }

  private static func classes(_ survey: Survey) -> [DataFault] {
    guard survey.hasLabels, !survey.samples.isEmpty else { return [] }
    var faults: [DataFault] = []
    let counts = survey.classCounts
    if survey.isTrained {
      if counts.count == 1 {
        faults.append(DataFault(.oneClass, survey.location, counts[0].name))
      }
      for (name, count) in counts where count == 0 { faults.append(DataFault(.emptyClass, survey.location, name)) }
      let gaps = survey.gaps
      faults +=
        gaps == [0]
        ? [DataFault(.labelsFromOne, survey.location)]
        : gaps.map { DataFault(.emptyClass, survey.location, String($0)) }
    }
    if let (rare, most) = ClassBalance.rare(counts) {
      faults += rare.map {
        DataFault(.imbalance, survey.location, "\($0.name) \($0.count), \(most.name) \(most.count)")
      }
    }
    let plain = Dictionary(grouping: counts.map(\.name)) { name in
      name.lowercased().filter { !$0.isWhitespace && $0 != "_" && $0 != "-" }
    }
    for names in plain.values.filter({ $0.count > 1 }).sorted(by: { $0[0] < $1[0] }) {
      faults.append(
        DataFault(.similarClassNames, survey.location, names.map { "'\($0)'" }.joined(separator: " and ")))
    }
    return faults
  }

  /// Classes of masks that have no pixel.
  private static func maskClasses(_ survey: Survey, _ facts: [SampleFacts]) -> [DataFault] {
    guard survey.isTrained, let names = survey.masks?.maskNames, facts.contains(where: { !$0.maskPixels.isEmpty })
    else { return [] }
    return names.indices.filter { number in
      number != survey.masks?.void
        && facts.allSatisfy { $0.maskPixels.count <= number || $0.maskPixels[number] == 0 }
    }.map { DataFault(.emptyClass, survey.location, "\(names[$0]), in masks") }
  }

  /// Sizes, channels and depths that few images have.
  private static func rare(_ survey: Survey, _ facts: [SampleFacts]) -> [DataFault] {
    var faults: [DataFault] = []
    let texts: [(FindingKind, (ImageFacts) -> String)] = [
      (.rareSize, { "\($0.height)x\($0.width) (height x width)" }),
      (.rareChannels, { $0.channels == 1 ? "grey" : $0.channels == 3 ? "colours" : "\($0.channels) channels" }),
      (.rareDepth, \.depth),
    ]
    for (kind, text) in texts {
      let values = facts.map { $0.image.map(text) }
      let counts = Dictionary(grouping: values.compactMap(\.self)) { $0 }.mapValues(\.count)
      let total = counts.values.reduce(0, +)
      guard let most = counts.max(by: { ($0.value, $0.key) < ($1.value, $1.key) }),
        most.value < total, most.value * 100 >= total * common
      else { continue }
      for (index, value) in values.enumerated() {
        guard let value, value != most.key else { continue }
        faults.append(DataFault(kind, survey.name(of: index), "\(value); most are \(most.key)"))
      }
    }
    let measured = facts.indices.filter { facts[$0].image?.depth == "floats" }
    let images = facts.count { $0.image != nil }
    if !measured.isEmpty, measured.count < images {
      faults += measured.map { DataFault(.mixedNumbers, survey.name(of: $0)) }
    }
    return faults
  }

  /// Files that are named more than once.
  private static func listed(_ survey: Survey) -> [DataFault] {
    var places: [String: [Int]] = [:]
    for (index, sample) in survey.samples.enumerated() {
      if let file = sample.fileOfPicture { places[file.name, default: []].append(index) }
    }
    return places.filter { $0.value.count > 1 }.sorted { $0.value[0] < $1.value[0] }.map { file, rows in
      let labels = Set(rows.compactMap { survey.samples[$0].labels?.joined(separator: "+") }).sorted()
      return labels.count > 1
        ? DataFault(.listedUnderTwoLabels, file, labels.joined(separator: " and "))
        : DataFault(.listedTwice, file, "\(rows.count) times")
    }
  }

  /// Columns of numbers that tell nothing; a few samples to measure with may have one value by chance.
  private static func constants(_ survey: Survey) -> [DataFault] {
    guard survey.isTrained else { return [] }
    return survey.numbers.flatMap { name, values in
      let rows = values.filter { !$0.isEmpty }
      guard rows.count > 2, let first = rows.first else { return [DataFault]() }
      return first.indices.filter { place in rows.allSatisfy { $0.count > place && $0[place] == first[place] } }.map {
        let position = first.count > 1 ? "'\(name)', number \($0)" : "'\(name)'"
        return DataFault(
          .constantColumn, survey.location, "\(position) is \(StoredNumbers.text(first[$0]))")
      }
    }
  }

  // MARK: - Between splits

  package static func between(_ surveys: [Survey], _ facts: [[SampleFacts]]) -> [DataFault] {
    classes(between: surveys) + files(between: surveys) + groups(between: surveys) + scales(surveys, facts)
      + unlisted(surveys)
  }

  private static func classes(between surveys: [Survey]) -> [DataFault] {
    guard let train = surveys.first(where: \.isTrained) else { return [] }
    var faults: [DataFault] = []
    for survey in surveys where !survey.isTrained && survey.split != "no list" {
      func compare(_ trained: [String], _ own: [String], isTold: Bool) {
        guard !trained.isEmpty, !own.isEmpty else { return }
        for name in own where !trained.contains(name) {
          faults.append(DataFault(.unknownClass, survey.location, "\(name) of \(survey.split)"))
        }
        for name in trained where isTold && !own.contains(name) {
          faults.append(DataFault(.absentClass, survey.location, "\(name) in \(survey.split)"))
        }
      }
      func present(_ survey: Survey) -> [String] { survey.classCounts.filter { $0.count > 0 }.map(\.name) }
      if survey.hasLabels, train.hasLabels {
        compare(train.classNames.isEmpty ? present(train) : train.classNames, present(survey), isTold: true)
      }
      compare(train.boxClasses, survey.boxClasses, isTold: false)
    }
    return faults
  }

  private static func files(between surveys: [Survey]) -> [DataFault] {
    var owners: [String: [String]] = [:]
    var order: [String] = []
    for survey in surveys {
      for file in survey.samples.compactMap(\.fileOfPicture) where owners[file.name]?.last != survey.split {
        if owners[file.name] == nil { order.append(file.name) }
        owners[file.name, default: []].append(survey.split)
      }
    }
    return order.filter { owners[$0]!.count > 1 }.map {
      DataFault(.fileInTwoSplits, $0, owners[$0]!.joined(separator: " and "))
    }
  }

  package static func groups(between surveys: [Survey]) -> [DataFault] {
    var first: [String: (split: String, file: String)] = [:]
    var faults: [DataFault] = []
    var told: Set<String> = []
    for survey in surveys {
      for sample in survey.samples {
        guard let group = sample.group else { continue }
        guard let other = first[group] else {
          first[group] = (survey.split, sample.name)
          continue
        }
        if other.split != survey.split, told.insert("\(group)\0\(survey.split)").inserted {
          faults.append(
            DataFault(
              .groupInTwoSplits, [other.file, sample.name], "\(group) in \(other.split) and \(survey.split)"))
        }
      }
    }
    return faults
  }

  /// Channels and columns whose numbers lie elsewhere than those of the training data.
  private static func scales(_ surveys: [Survey], _ facts: [[SampleFacts]]) -> [DataFault] {
    guard let train = surveys.firstIndex(where: \.isTrained) else { return [] }
    var faults: [DataFault] = []
    func compare(_ own: [Moments], _ others: [Moments], _ survey: Survey, _ name: String) {
      for (place, (own, other)) in zip(own, others).enumerated() where own.isElsewhere(than: other) {
        let position = own.text == other.text ? "" : ": mean \(own.text) instead of \(other.text)"
        faults.append(
          DataFault(
            .differentScale, survey.location, name + (others.count > 1 ? ", number \(place)" : "") + position))
      }
    }
    let trained = Moments.ofChannels(facts[train])
    for (index, survey) in surveys.enumerated() where index != train {
      compare(Moments.ofChannels(facts[index]), trained, survey, "channels of the images of \(survey.split)")
      for (name, values) in survey.numbers {
        guard let other = surveys[train].numbers.first(where: { $0.name == name }) else { continue }
        compare(Moments.ofColumns(values), Moments.ofColumns(other.values), survey, "'\(name)' of \(survey.split)")
      }
    }
    return faults
  }

  /// Images beside those of lists that no list names.
  private static func unlisted(_ surveys: [Survey]) -> [DataFault] {
    let lists = surveys.filter(\.isList)
    let known = Set(lists.flatMap { $0.samples.flatMap(\.paths) })
    let folders = Set(lists.flatMap { $0.samples.compactMap { $0.fileOfPicture?.folder } })
    var faults: [DataFault] = []
    for folder in folders.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
      for entry in (try? Files.entries(of: folder)) ?? [] {
        guard case .image? = try? ImageRule.verdict(entry, in: folder) else { continue }
        let path = "\(folder)/\(entry.name)"
        if !known.contains(path) { faults.append(DataFault(.unlistedFile, path)) }
      }
    }
    return faults
  }
}

extension Survey {
  /// Whether it is what is trained on, or all there is.
  var isTrained: Bool { split == "train" || split == "data" }

  /// Class numbers below the greatest that no sample has, where classes have no names.
  fileprivate var gaps: [Int] {
    guard classNames.isEmpty else { return [] }
    let labels = Set(samples.flatMap { $0.labels ?? [] })
    let numbers = Set(labels.compactMap { Int($0) })
    // A few great numbers are codes and no counts.
    guard numbers.count == labels.count, let last = numbers.max(), last < 10 * numbers.count else { return [] }
    return (0..<last).filter { !numbers.contains($0) }
  }

  fileprivate var boxClasses: [String] {
    Set(samples.flatMap { $0.boxes.compactMap(\.label) }).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}

extension SurveyedSample {
  /// The files that it is made of.
  fileprivate var paths: [String] {
    ([picture, mask] + others).compactMap { if case .file(let file)? = $0 { file.path } else { nil } }
  }
}

extension StoredFile {
  fileprivate var folder: String { path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "." }
}
