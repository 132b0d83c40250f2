import Datasets
import Foundation
import HDF5
import Networks
import Tensors
import TestSupport
import Training

/// A small data set that a test makes in a folder.
struct SeededData {
  let folder: String
  /// The folder or file that is looked at, where no recipe is.
  var location: String
  var recipe: Recipe?

  init(in folder: String) { (self.folder, location) = (folder, folder) }

  private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures/checking").path()

  // MARK: - Files

  func write(_ name: String, _ bytes: [UInt8]) throws {
    let file = URL(filePath: "\(folder)/\(name)")
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
  }

  func write(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }

  static func fixture(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: "\(fixtures)/\(name)")))
  }

  func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: "\(folder)/\(name)") }

  func makeFolder(_ name: String) throws {
    try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
  }

  /// Writes an image as PNG, or as its ending says as PPM.
  func image(
    _ name: String, _ seed: Int, height: Int = 48, width: Int = 48, channels: Int = 3,
    _ change: ([UInt8]) -> [UInt8] = { $0 }
  ) throws {
    let pixels = change(SeededData.pixels(seed, height, width, channels))
    try write(name, SeededData.file(name, pixels, height: height, width: width))
  }

  static func file(_ name: String, _ pixels: [UInt8], height: Int, width: Int) throws -> [UInt8] {
    name.hasSuffix(".ppm")
      ? Array("P6 \(width) \(height) 255\n".utf8) + pixels
      : try PNGEncoder.encode(pixels, height: height, width: width)
  }

  /// A picture of waves that is like no other: those of another seed have nothing to do with it.
  static func pixels(_ seed: Int, _ height: Int, _ width: Int, _ channels: Int) -> [UInt8] {
    var random = RandomStream(seed: UInt64(seed), purpose: .shuffling, major: 0)
    func part() -> Float { Float(random.integer(below: 10_001)) / 10_000 }
    let waves = (0..<12).map { _ in
      (
        high: 10 * part() - 5, wide: 10 * part() - 5, phase: 6.28 * part(),
        strengths: (0..<3).map { _ in 4 + 16 * part() }
      )
    }
    var pixels: [UInt8] = []
    for row in 0..<height {
      for column in 0..<width {
        let (y, x) = ((Float(row) + 0.5) / Float(height), (Float(column) + 0.5) / Float(width))
        let cosines = waves.map { cos(2 * Float.pi * ($0.high * y + $0.wide * x) + $0.phase) }
        for channel in 0..<channels {
          let sum = zip(waves, cosines).reduce(Float(120)) { $0 + $1.0.strengths[channel] * $1.1 }
          pixels.append(UInt8(min(max(sum, 0), 255)))
        }
      }
    }
    return pixels
  }

  // MARK: - Whole data sets

  /// Folders of two classes to train and to test on.
  func classes(train: Int = 4, test: Int = 2) throws {
    for (number, name) in ["cat", "dog"].enumerated() {
      for index in 0..<train { try image("train/\(name)/\(index).png", 100 * number + index) }
      for index in 0..<test { try image("test/\(name)/\(index).png", 100 * number + 50 + index) }
    }
  }

  /// Images `images/0.png` … and a list of them, with columns of its own.
  ///
  /// - Parameters:
  ///   - rows: what follows the path of each image.
  mutating func list(_ columns: String, _ rows: [String], _ name: String = "list.csv", first: Int = 0) throws {
    for index in rows.indices { try image("images/\(first + index).png", first + index) }
    let lines = rows.enumerated().map { "images/\(first + $0).png\($1)" }
    try write(name, (["image\(columns)"] + lines).joined(separator: "\n") + "\n")
    location = "\(folder)/\(name)"
  }

  /// A recipe of a small model.
  mutating func use(
    train: String, test: String? = nil, input: [Int] = [48, 48, 3], resize: Bool = true,
    _ change: (inout Recipe) throws -> Void = { _ in }
  ) throws {
    var recipe = Recipe(
      model: .layers(
        [.init(className: "Flatten"), .init(className: "Dense", values: ["units": 2])], input: input),
      data: DataChoice(train: "\(folder)/\(train)", test: test.map { "\(folder)/\($0)" }))
    recipe.data.resize = resize
    try change(&recipe)
    self.recipe = recipe
  }

  static func columns(_ json: String) throws -> [String: ColumnChoice] {
    try JSONDecoder().decode([String: ColumnChoice].self, from: Data(json.utf8))
  }

  /// Arrays of images of 16x16 and what belongs to them, in groups `train` and `test`.
  ///
  /// - Parameter fill: writes the other arrays of a group of so many samples.
  mutating func arrays(
    counts: KeyValuePairs<String, Int> = ["train": 8, "test": 4],
    images: (_ group: String, _ index: Int) -> [UInt8] = { SeededData.pixels($0 == "train" ? $1 : 50 + $1, 16, 16, 3) },
    _ fill: (Group, _ name: String, _ count: Int) throws -> Void
  ) throws {
    location = "\(folder)/data.h5"
    let file = try File(creating: location)
    for (name, count) in counts {
      let group = try file.root.createGroup(name)
      try group.write("images", (0..<count).flatMap { images(name, $0) }, shape: [count, 16, 16, 3])
      try fill(group, name, count)
    }
    try file.close()
  }

  /// Images of 48x48 with masks of two halves, in folders.
  mutating func masks(count: Int = 4, _ change: (inout [UInt8]) -> Void = { _ in }) throws {
    for index in 0..<count {
      try image("train/images/\(index).png", index)
      var mask = SeededData.mask
      if index == 0 { change(&mask) }
      try write("train/masks/\(index).png", PNGEncoder.encode(mask, height: 48, width: 48))
    }
    try use(train: "train") {
      $0.data.columns = try SeededData.columns(#"{"mask": {"kind": "mask", "classes": 2, "void": 255}}"#)
    }
  }

  static let mask: [UInt8] = (0..<48 * 48).map { $0 % 48 < 24 ? 0 : 1 }

  /// A folder as PASCAL VOC's, images of 48x48 with two boxes each.
  ///
  /// - Parameter change: changes the annotation of image 0.
  func annotations(count: Int = 4, _ change: (String) -> String = { $0 }) throws {
    for index in 0..<count {
      try image("JPEGImages/\(index).png", index)
      let text = SeededData.annotation([(4, 4, 20, 24), (22, 10, 40, 44)])
      try write("Annotations/\(index).xml", index == 0 ? change(text) : text)
    }
  }

  static func annotation(_ boxes: [(Int, Int, Int, Int)]) -> String {
    let objects = boxes.map {
      """
      <object><name>cell</name><bndbox>
        <xmin>\($0.0)</xmin><ymin>\($0.1)</ymin><xmax>\($0.2)</xmax><ymax>\($0.3)</ymax>
      </bndbox></object>
      """
    }
    return "<annotation><size><width>48</width><height>48</height><depth>3</depth></size>"
      + objects.joined(separator: "\n") + "</annotation>\n"
  }
}
