import Datasets
import Foundation
import Testing

/// The rule that tells images from other files, the same for folders of classes and for folders to predict.
@Suite struct ImageRuleTests {
  enum Content: Equatable { case image, text, nothing, folder, folderOfImage, danglingLink, link, pipe }

  /// The fate of an entry of a folder: it is an image, right or wrong, or left out.
  enum Outcome: Equatable {
    case image
    case badImage(String)
    case leftOut(String)
    case refused(String)
  }

  static let entries: [(name: String, content: Content, outcome: Outcome)] = [
    ("a.jpg", .image, .image), ("a.JPG", .image, .image), ("a.Jpeg", .image, .image), ("a.jfif", .image, .image),
    ("photo", .image, .image), ("photo.bak", .image, .image), ("a.png", .image, .image), ("a.webp", .image, .image),
    ("a.b.jpg", .image, .image), ("a b (1).jpg", .image, .image), ("é.jpg", .image, .image), ("l.jpg", .link, .image),
    ("a.jpg", .text, .badImage("no image of a known format")), ("a.webp", .text, .badImage("no image of a known")),
    ("a.GIF", .text, .badImage("no image of a known format")), ("a.tiff", .text, .badImage("no image")),
    ("a.bmp", .nothing, .badImage("is empty")), ("a.jpg", .nothing, .badImage("is empty")),
    ("a.jpg", .danglingLink, .badImage("is a link to nothing")), ("a.jpg", .pipe, .badImage("is not a file")),
    (".DS_Store", .text, .leftOut("1 hidden file or folder (.DS_Store)")),
    ("._a.jpg", .text, .leftOut("1 hidden file or folder (._a.jpg)")),
    (".a.jpg", .image, .leftOut("1 hidden")), (".git", .folder, .leftOut("1 hidden")),
    (".dangling", .danglingLink, .leftOut("1 hidden")),
    ("Thumbs.db", .text, .leftOut("1 leftover of an operating system (Thumbs.db)")),
    ("desktop.ini", .text, .leftOut("1 leftover")), ("__MACOSX", .folderOfImage, .leftOut("1 leftover")),
    ("@eaDir", .folderOfImage, .leftOut("1 leftover")),
    ("README.txt", .text, .leftOut("1 file that is no image (README.txt)")),
    ("labels.csv", .nothing, .leftOut("1 file that is no image")),
    ("notes", .text, .leftOut("1 file that is no image")),
    ("pipe", .pipe, .leftOut("1 that is neither a file nor a folder (pipe)")),
    ("class", .danglingLink, .refused("is a link to nothing")),
  ]

  func put(_ name: String, _ content: Content, in folder: TemporaryFolder) throws {
    let path = "\(folder.path)/\(name)"
    switch content {
    case .image: try folder.write(name, try bytes(fixture("half.jpg")))
    case .text: try folder.write(name, Array("words".utf8))
    case .nothing: try folder.write(name, [])
    case .folder: try folder.makeFolder(name)
    case .folderOfImage: try folder.write("\(name)/x.jpg", try bytes(fixture("half.jpg")))
    case .danglingLink: try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "nowhere")
    case .link: try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: fixture("half.jpg"))
    case .pipe: #expect(mkfifo(path, 0o600) == 0)
    }
  }

  @Test(arguments: entries.indices) func isOneForAllCommands(index: Int) throws {
    let (name, content, outcome) = ImageRuleTests.entries[index]
    let folder = try TemporaryFolder()
    try folder.write("data/train/cat/0.jpg", try bytes(fixture("half.jpg")))
    try put("data/train/cat/\(name)", content, in: folder)
    let train = "\(folder.path)/data/train"
    if case .refused(let text) = outcome {
      expectDataError(name, text) { _ = try ImageFileSource(folder: train) }
      expectDataError(name, text) { _ = try ImageListing(folder: train) }
      return
    }
    let source = try ImageFileSource(folder: train)
    let listing = try ImageListing(folder: "\(train)/cat")
    #expect((0..<source.count).compactMap(source.name) == listing.files)
    switch outcome {
    case .image, .badImage:
      #expect(source.count == 2 && source.notices.isEmpty && listing.notice == nil)
      let place = try #require(listing.files.firstIndex { $0.hasSuffix("/\(name)") })
      if case .badImage(let text) = outcome {
        expectDataError(name, text) { _ = try source.sample(place) }
      } else {
        #expect(try source.sample(place).count == source.sampleSize)
      }
    case .leftOut(let text):
      #expect(source.count == 1)
      #expect(source.notices.count == 1)
      #expect(source.notices.first?.contains("\(train): left out \(text)") == true, "\(source.notices)")
      #expect(listing.notice?.contains("cat: left out \(text)") == true, "\(listing.notice ?? "")")
    case .refused: break
    }
  }

  @Test func countsInOneLine() throws {
    let folder = try TemporaryFolder()
    let names = [
      "a/1.jpg", "a/.DS_Store", "a/Thumbs.db", "b/1.jpg", "b/.DS_Store", ".DS_Store", "README.md", "b/x.csv",
      "b/y.csv",
    ]
    for name in names {
      try folder.write(name, name.hasSuffix("jpg") ? try bytes(fixture("half.jpg")) : [1])
    }
    try folder.makeFolder("b/empty")
    #expect(
      try ImageFileSource(folder: folder.path).notices == [
        "\(folder.path): left out 3 hidden files and folders (such as .DS_Store), "
          + "1 leftover of an operating system (Thumbs.db), "
          + "3 files that are no images (such as README.md), 1 folder without images (empty)"
      ])
  }

  @Test func classesOfTheModelMayLackImages() throws {
    let folder = try TemporaryFolder()
    try folder.write("c/1.jpg", try bytes(fixture("half.jpg")))
    try folder.makeFolder("b")
    try folder.write("z/notes.txt", [1])
    let source = try ImageFileSource(folder: folder.path, classNames: ["c", "a", "b"])
    #expect(source.classNames == ["c", "a", "b"] && source.label(at: 0) == 0)
    #expect(source.notices.count == 2 && source.notices[1] == "\(folder.path): holds no images of the classes a, b")
    expectDataError("\(folder.path)/b", "holds no images") { _ = try ImageFileSource(folder: folder.path) }
    try folder.write("z/1.jpg", try bytes(fixture("half.jpg")))
    expectDataError("\(folder.path)/z", "not among c, a, b") {
      _ = try ImageFileSource(folder: folder.path, classNames: ["c", "a", "b"])
    }
    // macOS takes letters with accents apart.
    try FileManager.default.removeItem(atPath: "\(folder.path)/z")
    try folder.write("cafe\u{301}/1.jpg", try bytes(fixture("half.jpg")))
    #expect(try ImageFileSource(folder: folder.path, classNames: ["c", "caf\u{e9}", "b"]).count == 2)
  }

  @Test func linksInCirclesEnd() throws {
    let folder = try TemporaryFolder()
    try folder.write("cat/1.jpg", try bytes(fixture("half.jpg")))
    try FileManager.default.createSymbolicLink(atPath: "\(folder.path)/cat/again", withDestinationPath: folder.path)
    #expect(try ImageListing(folder: folder.path).files.count == 1)
  }
}
