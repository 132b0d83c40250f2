/// A folder with one folder for each class, in which every folder is a clip: images in the byte order of their names
/// are its frames. What counts as an image says `ImageRule`.
struct ClipFolders {
  private(set) var classNames: [String]
  /// The folder of each clip, its frames, and its class.
  private(set) var clips: [(path: String, frames: [String], label: Int32)] = []
  private var leftOut = LeftOut()
  private let folder: String

  /// - Parameter known: the classes of the model or of the training data; empty takes the names of the folders.
  init(_ folder: String, known: [String]) throws(DataError) {
    (self.folder, classNames) = (folder, known)
    for name in try folders(of: folder) {
      let clips = try folders(of: "\(folder)/\(name)")
      let label = classNames.firstIndex(of: name)
      guard known.isEmpty || label != nil else {
        throw DataError(
          "\(folder)/\(name)", "is a class that is not among \(classNames.prefix(10).joined(separator: ", "))",
          remedy: "remove the folder or give it the name of its class")
      }
      guard !clips.isEmpty || label != nil else {
        throw DataError(
          "\(folder)/\(name)", "the class folder holds no folders of frames",
          remedy: "add a folder for each clip, or remove the class")
      }
      if label == nil { classNames.append(name) }
      for clip in clips { try add("\(folder)/\(name)/\(clip)", Int32(label ?? classNames.count - 1)) }
    }
    guard !clips.isEmpty else {
      throw DataError(
        folder, "the folder holds no clips", remedy: "give a folder of classes, with a folder of frames for each clip")
    }
  }

  var notice: String? { leftOut.text.map { "\(folder): left out \($0)" } }

  /// Folders of a folder; an image beside them is an error.
  private mutating func folders(of path: String) throws(DataError) -> [String] {
    var names: [String] = []
    for entry in try Files.entries(of: path) {
      switch try ImageRule.verdict(entry, in: path) {
      case .folder: names.append(entry.name)
      case .leftOut(let reason): leftOut.add(entry.name, reason)
      case .image:
        throw DataError(
          "\(path)/\(entry.name)", "is an image beside folders, but the network takes several frames",
          remedy: "put the frames of each clip into a folder of its own, CLASS/CLIP/0001.jpg")
      }
    }
    return names
  }

  private mutating func add(_ path: String, _ label: Int32) throws(DataError) {
    var frames: [String] = []
    for entry in try Files.entries(of: path) {
      switch try ImageRule.verdict(entry, in: path) {
      case .image: frames.append("\(path)/\(entry.name)")
      case .leftOut(let reason): leftOut.add(entry.name, reason)
      case .folder: leftOut.add(entry.name, .folder)
      }
    }
    guard !frames.isEmpty else {
      throw DataError(path, "holds no frames", remedy: "add images or remove the folder")
    }
    clips.append((path, frames, label))
  }
}
