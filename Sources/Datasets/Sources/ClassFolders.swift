/// A folder with one folder of images for each class: classes in the byte order of their names, images in that of
/// theirs, by `ImageRule`.
struct ClassFolders {
  private(set) var classNames: [String]
  private(set) var files: [String] = []
  private(set) var labels: [Int32] = []
  private let folder: String
  private let isOpen: Bool
  private var leftOut = LeftOut()

  /// - Parameter known: the classes of the model or of the training data, of which some may have no images here;
  ///   empty where the folders say what classes there are.
  init(_ folder: String, known: [String]) throws(DataError) {
    (self.folder, classNames, isOpen) = (folder, known, known.isEmpty)
    for entry in try Files.entries(of: folder) {
      switch try ImageRule.verdict(entry, in: folder) {
      case .folder: try addClass(entry.name)
      case .image:
        throw DataError(
          "\(folder)/\(entry.name)", "is an image beside the class folders",
          remedy: "move it into a folder named after its class")
      case .leftOut(let reason): leftOut.add(entry.name, reason)
      }
    }
    guard !files.isEmpty else {
      throw DataError(
        folder,
        "the folder holds no class folders" + (isOpen ? "" : " with images")
          + (leftOut.text.map { " beside \($0)" } ?? ""),
        remedy: "give a folder that holds one folder of images for each class")
    }
  }

  /// A line each on what was left out and on classes without images.
  var notices: [String] {
    var notices: [String] = []
    if let text = leftOut.text { notices.append("\(folder): left out \(text)") }
    let present = Set(labels)
    let absent = classNames.indices.filter { !present.contains(Int32($0)) }.map { classNames[$0] }
    if !absent.isEmpty {
      let shown = absent.prefix(5).joined(separator: ", ") + (absent.count > 5 ? " and \(absent.count - 5) more" : "")
      notices.append("\(folder): holds no images of the \(absent.count == 1 ? "class" : "classes") \(shown)")
    }
    return notices
  }

  private mutating func addClass(_ name: String) throws(DataError) {
    let path = "\(folder)/\(name)"
    var images: [String] = []
    var leftOut = LeftOut()
    for entry in try Files.entries(of: path) {
      switch try ImageRule.verdict(entry, in: path) {
      case .image: images.append("\(path)/\(entry.name)")
      case .leftOut(let reason): leftOut.add(entry.name, reason)
      case .folder:
        guard (try? ImageListing(folder: "\(path)/\(entry.name)")) == nil else {
          throw DataError(
            "\(path)/\(entry.name)", "is a folder of images in a folder taken for a class",
            remedy: "give the folder that holds one folder of images for each class, such as \(path)")
        }
        leftOut.add(entry.name, .folder)
      }
    }
    self.leftOut.add(leftOut)
    let label = classNames.firstIndex(of: name)
    guard isOpen || label != nil else {
      if images.isEmpty { return self.leftOut.add(name, .folder) }
      throw DataError(
        path,
        "holds images of a class that is not among \(classNames.prefix(10).joined(separator: ", "))"
          + (classNames.count > 10 ? " and \(classNames.count - 10) more" : ""),
        remedy: "remove the folder or give it the name of its class")
    }
    guard !isOpen || !images.isEmpty else {
      throw DataError(
        path, "the class folder holds no images" + (leftOut.text.map { " beside \($0)" } ?? ""),
        remedy: "add images or remove the folder")
    }
    files += images
    labels += Array(repeating: Int32(label ?? classNames.count), count: images.count)
    if label == nil { classNames.append(name) }
  }
}
