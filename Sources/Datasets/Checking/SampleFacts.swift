import Tensors

/// The facts about one sample that are found out by reading it.
package struct SampleFacts: Sendable, Codable {
  package internal(set) var image: ImageFacts?
  package internal(set) var faults: [DataFault] = []
  /// Pixels of each class of its mask.
  package internal(set) var maskPixels: [Int] = []
}

extension Survey {
  /// Reads a sample and judges it.
  package func look(at index: Int) -> SampleFacts {
    let sample = samples[index]
    var facts = SampleFacts()
    switch sample.picture {
    case nil: break
    case .file(let file): look(at: file, &facts)
    case .row(let array, let row, let column):
      if let image = read(array, row, column, sample.name, &facts) {
        facts.image = ImageFacts(image, depth: column.element == .byte ? "8 bits" : "floats")
      }
    case .sample(let source, let place):
      do throws(DataError) {
        var memory = Sample(source.columns, ColumnSet([0]))
        try source.read(place, epoch: 0, ColumnSet([0]), into: &memory)
        facts.image = ImageFacts(Image(memory, 0), depth: source.element == .byte ? "8 bits" : "floats")
      } catch {
        facts.faults.append(DataFault(.damagedImage, sample.name, error.finding))
      }
    }
    for case .file(let file) in sample.others {
      var other = SampleFacts()
      look(at: file, &other)
      facts.faults += other.faults
    }
    if let image = facts.image {
      if !image.isFinite { facts.faults.append(DataFault(.notFinite, sample.name)) }
      if image.isOneColour { facts.faults.append(DataFault(.oneColour, sample.name)) }
      for mark in FindingKind.allCases where image.marks.contains(mark) {
        facts.faults.append(DataFault(mark, sample.name))
      }
      if let wantedSize, sample.fileOfPicture != nil, (image.height, image.width) != wantedSize {
        facts.faults.append(
          DataFault(
            .wrongSize, sample.name,
            "\(image.height)x\(image.width) (height x width) instead of \(wantedSize.height)x\(wantedSize.width)"))
      }
    }
    let size = facts.image.map { (height: $0.height, width: $0.width) }
    facts.faults += boxFaults(of: sample, size)
    if let mask = sample.mask { look(atMask: mask, of: sample, size, &facts) }
    return facts
  }

  /// Reads an image file.
  private func look(at file: StoredFile, _ facts: inout SampleFacts) {
    func add(_ kind: FindingKind, _ detail: String = "") { facts.faults.append(DataFault(kind, file.name, detail)) }
    let bytes: [UInt8]
    do throws(DataError) {
      bytes = try file.bytes()
    } catch {
      return add(.unreadableFile, error.problem(of: file.name))
    }
    guard !bytes.isEmpty else { return add(.emptyFile) }
    do throws(DataError) {
      let found = try ImageDecoder.examine(bytes, file.name, decoding)
      let depth =
        switch found.header.numbers {
        case .bytes: "8 bits"
        case .fractions: "16 bits"
        case .measurements: "floats"
        }
      var marks: Set<FindingKind> = []
      if let warning = found.warning { add(.decoderWarning, warning) }
      if !found.format.suffixes.contains(file.suffix), file.suffix != "" { marks.insert(.wrongSuffix) }
      if found.header.orientation != .upright { marks.insert(.turnedImage) }
      if found.isTransparent { marks.insert(.transparentImage) }
      if found.header.isCMYK { marks.insert(.inkImage) }
      facts.image = ImageFacts(found.image, depth: depth, marks: marks)
    } catch {
      add(ImageFormat(start: bytes) == nil ? .notAnImage : .damagedImage, error.problem(of: file.name))
    }
  }

  func read(
    _ array: any SampleArray, _ row: Int, _ column: Column, _ name: String, _ facts: inout SampleFacts
  ) -> Image? {
    var sample = Sample([column])
    do throws(DataError) {
      try sample.write(0) { (target) throws(DataError) in
        try unsafe target.withUnsafeMutableBytes { (target) throws(DataError) in
          try unsafe array.read(row..<row + 1, as: column.element, into: target)
        }
      }
    } catch {
      facts.faults.append(DataFault(.damagedImage, name, error.finding))
      return nil
    }
    return Image(sample, 0)
  }

  private func boxFaults(of sample: SurveyedSample, _ size: (height: Int, width: Int)?) -> [DataFault] {
    var faults: [DataFault] = []
    // A size of files that cannot be read is that of the annotation.
    if let size = size ?? sample.annotatedSize {
      for box in sample.boxes {
        if let kind = box.fault(height: size.height, width: size.width) {
          let image = kind == .boxOutside ? ", image \(size.height)x\(size.width) (height x width)" : ""
          faults.append(DataFault(kind, sample.name, box.text + image))
        }
      }
    }
    if let size, let said = sample.annotatedSize, said != size {
      faults.append(
        DataFault(
          .annotationSize, sample.name,
          "\(said.height)x\(said.width) (height x width), but the image is \(size.height)x\(size.width)"))
    }
    var seen: Set<SurveyedBox> = []
    for box in sample.boxes where !seen.insert(box).inserted {
      faults.append(DataFault(.boxTwice, sample.name, box.text))
    }
    return faults
  }

  private func look(
    atMask mask: SurveyedSample.Picture, of sample: SurveyedSample, _ size: (height: Int, width: Int)?,
    _ facts: inout SampleFacts
  ) {
    let choice = masks ?? ColumnChoice(.mask)
    var name = sample.name
    var classes: [UInt8] = []
    switch mask {
    case .file(let file):
      name = file.name
      do throws(DataError) {
        let bytes = try file.bytes()
        let reader = MaskReader(choice)
        guard bytes.starts(with: PNGStructure.signature) else {
          facts.faults.append(DataFault(bytes.isEmpty ? .emptyFile : .maskFormat, name))
          return
        }
        let structure = try PNGStructure(bytes, name)
        guard choice.colors != nil || structure.holdsNumbers else {
          facts.faults.append(
            DataFault(.maskInColours, name, structure.depth > 8 ? "numbers of \(structure.depth) bits" : ""))
          return
        }
        // Whether its pixels can be read comes before what they say.
        if choice.colors != nil { _ = try PNGReader(bytes, name).decode(keepsAlpha: false, reduction: 1) }
        let image: Image
        do throws(DataError) {
          image = try reader.numbers(bytes, name)
        } catch {
          let kind: FindingKind = choice.colors == nil ? .damagedMask : .maskColour
          facts.faults.append(DataFault(kind, name, error.problem(of: name)))
          return
        }
        if choice.colors == nil, structure.isIndexed { facts.faults.append(DataFault(.maskPalette, name)) }
        if let size, (image.shape.height, image.shape.width) != size {
          let own = "\(image.shape.height)x\(image.shape.width)"
          facts.faults.append(
            DataFault(.maskSize, name, "\(own) (height x width), but the image is \(size.height)x\(size.width)"))
        }
        classes = image.bytes
      } catch {
        facts.faults.append(DataFault(.damagedMask, name, error.problem(of: name)))
        return
      }
    case .row(let array, let row, let column):
      guard let image = read(array, row, column, name, &facts) else { return }
      classes = image.bytes
    case .sample: return
    }
    judge(classes, choice, name, &facts)
  }

  private func judge(_ classes: [UInt8], _ choice: ColumnChoice, _ name: String, _ facts: inout SampleFacts) {
    var counts = [Int](repeating: 0, count: 256)
    for number in classes { counts[Int(number)] += 1 }
    let void = choice.void ?? -1
    if let names = choice.maskNames {
      let wrong = counts.indices.filter { counts[$0] > 0 && $0 >= names.count && $0 != void }
      if !wrong.isEmpty {
        facts.faults.append(
          DataFault(
            .maskClass, name,
            "\(wrong.map(String.init).joined(separator: ", ")); there are \(names.count) classes"))
      }
    }
    if choice.void != nil, counts.indices.allSatisfy({ counts[$0] == 0 || $0 == void }) {
      facts.faults.append(DataFault(.maskOnlyVoid, name))
    }
    if void >= 0 { counts[void] = 0 }
    facts.maskPixels = Array(counts.prefix((counts.lastIndex { $0 > 0 } ?? -1) + 1))
  }
}

extension SurveyedSample {
  /// The file of the image, where it has one of its own.
  var fileOfPicture: StoredFile? { if case .file(let file)? = picture { file } else { nil } }
}

extension StoredFile {
  /// The ending of its name, in small letters; empty where it has none.
  fileprivate var suffix: String {
    let last = name[(name.lastIndex(of: "/").map(name.index(after:)) ?? name.startIndex)...]
    return last.lastIndex(of: ".").map { last[last.index(after: $0)...].lowercased() } ?? ""
  }
}

extension DataError {
  /// What is wrong, without the name of the file that stands before it.
  func problem(of file: String) -> String {
    finding.hasPrefix("\(file): ") ? String(finding.dropFirst(file.count + 2)) : finding
  }
}
