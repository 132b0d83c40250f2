import Tensors

extension Survey {
  /// Notes down what a location holds.
  ///
  /// - Parameters:
  ///   - split: what messages call it.
  ///   - isAlone: whether nothing but the location says what it is, so that images without classes are data too.
  package init(_ split: String, at location: String, _ options: SourceOptions, isAlone: Bool = false) {
    self.init(split, location, options)
    do throws(DataError) {
      if Files.kind(location) == nil, let (base, slice) = try SampleSlice.split(location) {
        self = Survey(split, at: base, options, isAlone: isAlone)
        guard !samples.isEmpty else { return }
        let range = try slice.range(of: samples.count, location)
        samples = Array(samples[range])
        numbers = numbers.map { ($0.name, Array($0.values[range])) }
        return
      }
      switch try find(location, options) {
      case .classes(let path):
        if let shape = options.imageShape(of: "image"), shape.rank == 4 {
          try list(try openSource(location, options))
        } else {
          try list(classes: path, options, isAlone: isAlone)
        }
      case .pictures(let path): try list(pictures: path, options)
      case .table(let table): list(table, options, isAlone: isAlone)
      case .arrays(let group): try list(group, options)
      case .source(let source): try list(source)
      }
    } catch {
      let remedy = error.remedy.map { "; \($0)" } ?? ""
      add(.unusableData, location, error.problem(of: location) + remedy)
    }
    if samples.isEmpty, faults.isEmpty { add(.unusableData, location, "there are no samples") }
  }

  /// A source whose format leaves nothing to be found but in its images.
  private mutating func list(_ source: any DataSource) throws(DataError) {
    hasLabels = source.labelColumn != nil
    classNames = source.classNames
    let names = source.classNames
    samples = (0..<source.count).map { index in
      let label = source.label(at: index)
      return SurveyedSample(
        name: source.name(of: index) ?? "\(source.location), sample \(index)",
        picture: source.hasImage ? .sample(source, index) : nil,
        labels: hasLabels ? [names.indices.contains(label) ? names[label] : String(label)] : nil)
    }
  }

  /// A folder of class folders.
  private mutating func list(
    classes folder: String, _ options: SourceOptions, isAlone: Bool
  ) throws(DataError) {
    var (beside, folders, leftOut) = ([String](), [String](), LeftOut())
    for entry in try Files.entries(of: folder) {
      switch try ImageRule.verdict(entry, in: folder) {
      case .folder: folders.append(entry.name)
      case .image: beside.append("\(folder)/\(entry.name)")
      case .leftOut(let reason): leftOut.add(entry.name, reason)
      }
    }
    var images: [(name: String, files: [String])] = []
    for name in folders {
      let path = "\(folder)/\(name)"
      var (files, hasImagesBelow, unread) = ([String](), false, LeftOut())
      for entry in try Files.entries(of: path) {
        switch try ImageRule.verdict(entry, in: path) {
        case .image: files.append("\(path)/\(entry.name)")
        case .leftOut(let reason): unread.add(entry.name, reason)
        case .folder:
          if (try? ImageListing(folder: "\(path)/\(entry.name)")) == nil {
            unread.add(entry.name, .folder)
          } else {
            hasImagesBelow = true
            add(.folderInClass, "\(path)/\(entry.name)")
          }
        }
      }
      leftOut.add(unread)
      if files.isEmpty, !hasImagesBelow, options.classNames.isEmpty || options.classNames.contains(name) {
        add(.emptyClassFolder, path)
      }
      if !files.isEmpty { images.append((name, files)) }
    }
    if let text = leftOut.text { add(.leftOut, folder, text) }
    guard !images.isEmpty || !isAlone else {
      faults.removeAll { $0.kind == .folderInClass || $0.kind == .emptyClassFolder }
      samples = try ImageListing(folder: folder).files.map {
        SurveyedSample(name: $0, picture: .file(StoredFile($0)))
      }
      return
    }
    for file in beside { add(.imageBesideClasses, file) }
    hasLabels = true
    classNames = options.classNames.isEmpty ? images.map(\.name) : options.classNames
    samples = images.flatMap { name, files in
      files.map { SurveyedSample(name: $0, picture: .file(StoredFile($0)), labels: [name]) }
    }
  }

  /// A folder with folders of images and of their masks.
  private mutating func list(pictures path: String, _ options: SourceOptions) throws(DataError) {
    let choices = options.describingInputs { Files.kind("\(path)/\($0)") == .folder }.inOrderOfColumns
    let first = choices.first { $0.choice.kind == .image }
    let folder = "\(path)/\(MaskFolder.folder(of: first, path))"
    guard Files.kind(folder) == .folder else {
      throw DataError(
        folder, "does not exist", remedy: "put the images there and what belongs to them into folders beside it")
    }
    let listing = try ImageListing(folder: folder)
    if let notice = listing.notice { add(.leftOut, folder, String(notice.dropFirst(folder.count + 2))) }
    samples = listing.files.map { SurveyedSample(name: $0, picture: .file(StoredFile($0))) }
    for (name, choice) in choices where choice.kind == .image && name != first?.name {
      let other = "\(path)/\(choice.from?.first ?? name)"
      for index in samples.indices {
        if let partner = MaskFolder.partner(of: samples[index].name, in: folder, other) {
          samples[index].others.append(.file(StoredFile(partner)))
        } else {
          add(.missingFile, samples[index].name, "its '\(name)' in \(other)")
        }
      }
    }
    guard let (name, choice) = choices.first(where: { $0.choice.kind == .mask }) else { return }
    masks = choice
    let other = "\(path)/\(choice.from?.first ?? "masks")"
    guard Files.kind(other) == .folder else { return add(.missingColumn, other, "the folder of '\(name)'") }
    var unused = Set((try? ImageListing(folder: other))?.files ?? [])
    for index in samples.indices {
      if let mask = MaskFolder.partner(of: samples[index].name, in: folder, other) {
        samples[index].mask = .file(StoredFile(mask))
        unused.remove(mask)
      } else {
        add(.missingMask, samples[index].name)
      }
    }
    for mask in unused.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) { add(.maskWithoutImage, mask) }
  }
}
