/// The images of a folder and of all folders in it, in the byte order of their paths, by `ImageRule`.
public struct ImageListing: Sendable {
  /// Paths that begin with that of the folder.
  public private(set) var files: [String] = []
  private var leftOut = LeftOut()

  public init(folder: String) throws(DataError) {
    try add(folder, inside: [])
    guard !files.isEmpty else {
      throw DataError(
        folder, "the folder holds no images" + (leftOut.text.map { " beside \($0)" } ?? ""),
        remedy: "give an image or a folder of images")
    }
    files.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    notice = leftOut.text.map { "\(folder): left out \($0)" }
  }

  /// One line on what was left out; nil where nothing was.
  public private(set) var notice: String?

  /// - Parameter parents: the folders that this one is in; a link may lead back to one of them.
  private mutating func add(_ folder: String, inside parents: [Files.Identity]) throws(DataError) {
    let identity = try Files.identity(folder)
    guard !parents.contains(identity) else { return }
    for entry in try Files.entries(of: folder) {
      switch try ImageRule.verdict(entry, in: folder) {
      case .image: files.append("\(folder)/\(entry.name)")
      case .folder: try add("\(folder)/\(entry.name)", inside: parents + [identity])
      case .leftOut(let reason): leftOut.add(entry.name, reason)
      }
    }
  }
}
