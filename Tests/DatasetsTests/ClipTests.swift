import Datasets
import Foundation
import Tensors
import Testing

/// Folders of frames.
@Suite struct ClipTests {
  private let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures/sources").path
  private let folder: TemporaryFolder

  /// Two classes with two clips each, of 4 to 7 frames: frame f of clip c is the image 4 * c + f.
  init() throws {
    folder = try TemporaryFolder()
    for clip in 0..<4 {
      for frame in 0..<4 + clip {
        let image = "\(fixtures)/files/images/\(4 * clip + frame < 10 ? "0" : "")\(4 * clip + frame).png"
        try folder.write("clips/\(clip < 2 ? "run" : "walk")/c\(clip)/\(frame).png", try bytes(image))
      }
    }
    try folder.write("clips/walk/c3/Thumbs.db", [1])
  }

  private func open(_ shape: Shape, resize: Bool = false) throws -> any DataSource {
    try openSource("\(folder.path)/clips", SourceOptions(shape: shape, resize: resize, memoryLimit: 0))
  }

  @Test func readsFramesSpreadOverTheClip() throws {
    let source = try open([4, 32, 32, 3])
    #expect(source.count == 4 && source.classNames == ["run", "walk"])
    #expect((0..<4).map(source.label) == [0, 0, 1, 1] && source.notices.count == 1)
    #expect(source.name(of: 2)?.hasSuffix("clips/walk/c2") == true)
    let images = Array(try bytes("\(fixtures)/arrays/images.npy").suffix(20 * 3072))
    for (clip, frames) in [[0, 1, 2, 3], [0, 1, 2, 3], [0, 1, 3, 4], [0, 1, 3, 5]].enumerated() {
      let wanted = frames.flatMap { images[(4 * clip + $0) * 3072..<(4 * clip + $0 + 1) * 3072] }
      #expect(try source.sample(clip) == wanted)
      #expect(try source.storedBytes(clip).count == source.stored(clip).size)
    }
  }

  @Test func resizesFramesAndMakesThemGrey() throws {
    let source = try open([2, 8, 12, 1], resize: true)
    // Frames 0 and 2 of 5.
    let frames = try ["04", "06"].flatMap { name in
      try ImageFileSource(files: ["\(fixtures)/files/images/\(name).png"], shape: [8, 12, 1], resize: true).sample(0)
    }
    #expect(try source.sample(1) == frames)
    expectDataError("32x32", "8x12") { _ = try open([2, 8, 12, 1]).sample(0) }
  }

  @Test func refusesWhatAreNoClips() throws {
    expectDataError("c0", "4 frames", "takes 5") { _ = try open([5, 32, 32, 3]) }
    expectDataError("frames, grey or RGB") { _ = try open([4, 32, 32, 2]) }
    try folder.write("clips/run/c1/2.png", Array(try bytes("\(fixtures)/files/images/06.png").prefix(60)))
    expectDataError("run/c1/2.png") { _ = try open([4, 32, 32, 3]).sample(1) }
    try folder.makeFolder("clips/run/empty")
    expectDataError("run/empty", "no frames") { _ = try open([4, 32, 32, 3]) }
    try folder.write("clips/run/one.png", try bytes("\(fixtures)/files/images/06.png"))
    expectDataError("run/one.png", "beside folders") { _ = try open([4, 32, 32, 3]) }
  }
}
