import Digests
import HDF5

extension Seal {
  /// Takes the digests of a closed file, whose datasets must hold what was to be written.
  ///
  /// - Parameter expected: path and SHA-256 of the datasets in memory.
  init(of path: String, step: Int, expected: [(path: String, sha256: String)]) throws {
    var contents = Contents()
    do {
      let file = try File(reading: path)
      try contents.visit(file.root)
      try file.close()
    }
    let bytes = try FileBytes(reading: path)
    (datasets, attributes, rest, self.step) = ([], contents.attributes, "", step)
    for (path, range) in contents.datasets.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
      let found = try bytes.digest(of: [range])
      datasets.append(Dataset(path: path, range: [range.lowerBound, range.upperBound], sha256: found))
    }
    let found = Dictionary(datasets.map { ($0.path, $0.sha256) }) { first, _ in first }
    for (path, sha256) in expected where found[path] != sha256 {
      throw TrainingError(
        .run,
        found[path] == nil
          ? "'\(path)' is not in the file as one run of bytes, which is a mistake in this program; please report it."
          : "what arrived in the file of '\(path)' is not what was written; check the memory and the disk of this "
            + "machine.")
    }
    rest = try bytes.digest(of: rest(before: bytes.count))
  }

  /// The attributes of a damaged file whose values are not those of the seal, as far as the HDF5 library can read the
  /// file; it may crash over it.
  func damagedAttributes(of path: String) -> [Attribute] {
    guard let file = try? File(reading: path) else { return [] }
    return attributes.filter { attribute in
      guard let kind = try? file.root.kind(of: attribute.path),
        let attributes = kind == .group
          ? try? file.root.group(attribute.path).attributes : try? file.root.dataset(attribute.path).attributes,
        let bytes = try? attributes.bytes(attribute.name)
      else { return true }
      return SHA256.digest(of: bytes) != attribute.sha256
    }
  }

  /// The content of a file.
  private struct Contents {
    var datasets: [(path: String, range: Range<Int>)] = []
    var attributes: [Attribute] = []

    mutating func visit(_ group: Group) throws(HDF5Error) {
      try add(group.attributes, of: group.path)
      for name in try group.names() {
        switch try group.kind(of: name) {
        case .group: try visit(group.group(name))
        case .dataset:
          let dataset = try group.dataset(name)
          try add(dataset.attributes, of: dataset.path)
          if let range = try dataset.byteRange() { datasets.append((dataset.path, range)) }
        case .datatype, nil: break
        }
      }
    }

    private mutating func add(_ attributes: Attributes, of path: String) throws(HDF5Error) {
      for name in try attributes.names() {
        self.attributes.append(Attribute(path: path, name: name, sha256: SHA256.digest(of: try attributes.bytes(name))))
      }
    }
  }
}
