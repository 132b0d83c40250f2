import Tensors

/// The splits that a folder or a file holds where no configuration names them.
package enum DataLayout {
  /// What folders and groups are called, by split.
  private static let names = [
    ("train", ["train", "training", "Train", "TRAIN"]),
    ("validation", ["validation", "val", "valid", "dev", "Val", "Validation"]),
    ("test", ["test", "testing", "Test", "TEST"]),
  ]

  /// The splits of a path, or all of it as one, called `data`.
  package static func surveys(of path: String) -> [Survey] {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    if Files.kind("\(path)/Annotations") == .folder { return annotated(path) }
    var splits: [Survey] = []
    for (split, names) in names {
      guard let (location, usual) = names.lazy.compactMap({ part(path, $0) }).first else { continue }
      var options = usual
      if let train = splits.first, train.split == "train" { options.classNames = train.classNames }
      splits.append(Survey(split, at: location, options, isAlone: true))
    }
    return splits.isEmpty ? [Survey("data", at: path, options(of: path), isAlone: true)] : splits
  }

  /// Where a split is and how it is read; nil where there is no such split.
  private static func part(_ path: String, _ name: String) -> (String, SourceOptions)? {
    if Files.kind("\(path)/\(name)") == .folder { return ("\(path)/\(name)", options(of: "\(path)/\(name)")) }
    for ending in ["csv", "jsonl"] where Files.kind("\(path)/\(name).\(ending)") == .file {
      return ("\(path)/\(name).\(ending)", SourceOptions())
    }
    guard Files.kind(path) != nil else { return nil }
    // A format with splits inside: opening says whether there is this one.
    switch try? find("\(path):/\(name)", SourceOptions()) {
    case .arrays(let group)?:
      return group.contains(group.usualNames.images) || group.contains(group.usualNames.labels)
        ? ("\(path):/\(name)", SourceOptions()) : nil
    // Their files to test on are found by any name but that of those to train on.
    case .source?: return ["train", "test"].contains(name) ? ("\(path):/\(name)", SourceOptions()) : nil
    case .table?: return ("\(path):/\(name)", SourceOptions())
    default: return nil
    }
  }

  private static func options(of folder: String) -> SourceOptions {
    var options = SourceOptions(resize: true)
    if Files.kind("\(folder)/images") == .folder, Files.kind("\(folder)/masks") == .folder {
      options.columns = ["mask": ColumnChoice(.mask)]
    }
    return options
  }

  /// A folder as PASCAL VOC's: images, an annotation for each, and lists of the names of each split.
  private static func annotated(_ path: String) -> [Survey] {
    let folder = ["JPEGImages", "images", "Images"].map { "\(path)/\($0)" }.first { Files.kind($0) == .folder }
    var all = Survey("data", path, SourceOptions(resize: true))
    all.hasAnnotations = true
    guard let folder, let listing = try? ImageListing(folder: folder) else {
      all.add(.unusableData, path, "there is no folder JPEGImages with images beside Annotations")
      return [all]
    }
    if let notice = listing.notice { all.add(.leftOut, folder, String(notice.dropFirst(folder.count + 2))) }
    let entries = (try? Files.entries(of: "\(path)/Annotations")) ?? []
    var unused = Set(entries.filter { $0.name.hasSuffix(".xml") && !$0.name.hasPrefix(".") }.map { stem($0.name) })
    for file in listing.files {
      var sample = SurveyedSample(name: file, picture: .file(StoredFile(file)))
      let name = stem(String(file.dropFirst(folder.count + 1)))
      let annotation = "\(path)/Annotations/\(name).xml"
      if unused.remove(name) == nil {
        all.add(.missingAnnotation, file)
      } else if let found = (try? Files.bytes(annotation)).flatMap(AnnotationFile.init) {
        (sample.annotatedSize, sample.boxes) = (found.size, found.boxes)
      } else {
        all.add(.damagedAnnotation, annotation)
      }
      all.samples.append(sample)
    }
    for name in unused.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
      all.add(.annotationWithoutImage, "\(path)/Annotations/\(name).xml")
    }
    return splits(of: all, "\(path)/ImageSets/Main", folder)
  }

  /// The samples that lists of names deal out to splits; what no list has stays in `data`.
  private static func splits(of all: Survey, _ lists: String, _ folder: String) -> [Survey] {
    var (splits, listed) = ([Survey](), Set<String>())
    let byName = Dictionary(
      all.samples.map { (stem(String($0.name.dropFirst(folder.count + 1))), $0) },
      uniquingKeysWith: { first, _ in first })
    for (split, names) in names {
      guard let list = names.map({ "\(lists)/\($0).txt" }).first(where: { Files.kind($0) == .file }),
        let text = (try? Files.bytes(list)).flatMap({ String(validating: $0, as: UTF8.self) })
      else { continue }
      var part = all
      part.split = split
      part.faults = splits.isEmpty ? all.faults : []
      part.samples = []
      for line in text.split(whereSeparator: \.isNewline) {
        let name = String(line.drop { $0.isWhitespace }.prefix { !$0.isWhitespace })
        guard !name.isEmpty else { continue }
        if let sample = byName[name] {
          part.samples.append(sample)
        } else {
          part.add(.missingFile, list, name)
        }
        listed.insert(name)
      }
      splits.append(part)
    }
    guard !splits.isEmpty else { return [all] }
    var rest = all
    rest.split = "no list"
    rest.faults = []
    rest.samples = all.samples.filter { !listed.contains(stem(String($0.name.dropFirst(folder.count + 1)))) }
    return rest.samples.isEmpty ? splits : splits + [rest]
  }

  private static func stem(_ name: String) -> String {
    name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
  }
}
