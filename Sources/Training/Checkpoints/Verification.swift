import Digests

/// Whether a checkpoint is what was written, byte by byte.
public struct Verification: Sendable {
  public enum Damage: Hashable, Sendable, CustomStringConvertible {
    /// The elements of a dataset.
    case dataset(String)
    /// Names, structure or attributes: what lies between the datasets.
    case structure
    /// The digests themselves, or the file ends before them.
    case seal

    public var description: String {
      switch self {
      case .dataset(let path): "the dataset '\(path)' is damaged"
      case .structure: "its structure or an attribute is damaged"
      case .seal:
        "the digests at its end are missing or damaged: it was cut off, or is not a checkpoint as convoy wrote it"
      }
    }
  }

  public let path: String
  /// Empty for a sound file.
  public let damages: [Damage]
  /// Updates made when it was written; nil where its seal is damaged.
  public let step: Int?
  /// SHA-256 over all digests; nil where the seal is damaged.
  public let sha256: String?

  public var isSound: Bool { damages.isEmpty }

  /// What is wrong, up to five things; empty for a sound file.
  public var text: String {
    let shown = damages.prefix(5).map(\.description).joined(separator: ", ")
    return damages.count > 5 ? "\(shown) and \(damages.count - 5) more" : shown
  }

  /// Reads the whole file, but interprets nothing but its end.
  public init(of path: String) throws(TrainingError) {
    do {
      let file = try FileBytes(reading: path)
      self.path = path
      guard let (seal, end, sha256) = try Seal.read(file) else {
        (damages, step, self.sha256) = ([.seal], nil, nil)
        return
      }
      var damages: [Damage] = []
      if try file.digest(of: seal.rest(before: end)) != seal.rest { damages.append(.structure) }
      for dataset in seal.datasets where try file.digest(of: [dataset.bytes]) != dataset.sha256 {
        damages.append(.dataset(dataset.path))
      }
      (self.damages, step, self.sha256) = (damages, seal.step, sha256)
    } catch {
      throw TrainingError(.data, error.description)
    }
  }

  /// The attributes that are damaged, as `'/path' name`. Interprets a damaged file, over which the HDF5 library may
  /// crash: for a process of its own.
  package static func damagedAttributes(of path: String) -> [String] {
    guard let file = try? FileBytes(reading: path), let seal = try? Seal.read(file)?.seal else { return [] }
    return seal.damagedAttributes(of: path).map { "'\($0.name)' of '\($0.path)'" }
  }
}
