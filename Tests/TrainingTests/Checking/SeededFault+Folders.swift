import Datasets
import Foundation

extension SeededFault {
  /// Files, images and classes in folders.
  static let folders: [SeededFault] = [
    .folder(.emptyFile, "no bytes", file: "cat/x.png") { try $0.write("train/cat/x.png", [UInt8]()) },
    .folder(.damagedImage, "a PNG cut off", file: "dog/x.png") {
      try $0.write("train/dog/x.png", Array(SeededData.fixture("picture.png").dropLast(900)))
    },
    .folder(.damagedImage, "a JPEG cut off", file: "test/dog/x.jpg") {
      try $0.write("test/dog/x.jpg", Array(SeededData.fixture("picture.jpg").dropLast(200)))
    },
    .folder(.damagedImage, "a byte of a PNG changed", file: "dog/x.png") { data in
      var bytes = try SeededData.fixture("picture.png")
      bytes[bytes.count / 2] ^= 0xFF
      try data.write("train/dog/x.png", bytes)
    },
    .folder(.decoderWarning, "a stretch of a JPEG overwritten", file: "cat/x.jpg") { data in
      var bytes = try SeededData.fixture("picture.jpg")
      for place in bytes.count - 90..<bytes.count - 60 { bytes[place] = 0xAA }
      try data.write("train/cat/x.jpg", bytes)
    },
    .folder(.notAnImage, "a web page", file: "cat/x.jpg") {
      try $0.write("train/cat/x.jpg", "<html><body>404</body></html>")
    },
    .folder(.notAnImage, "zeros", file: "cat/x.png") {
      try $0.write("train/cat/x.png", [UInt8](repeating: 0, count: 999))
    },
    .folder(.unreadableFile, "a link to nothing", file: "cat/x.png") {
      try FileManager.default.createSymbolicLink(
        atPath: "\($0.folder)/train/cat/x.png", withDestinationPath: "/nowhere/x.png")
    },
    .folder(.wrongSuffix, "a PNG called JPEG", file: "cat/x.jpg") {
      try $0.write("train/cat/x.jpg", SeededData.fixture("picture.png"))
    },
    .folder(.leftOut, "a hidden file", file: "/train") { try $0.write("train/cat/.DS_Store", "x") },
    .folder(.leftOut, "a hidden folder", file: "/train") { try $0.write("train/.cache/x.png", "x") },
    .folder(.leftOut, "a leftover of Windows", file: "/test") { try $0.write("test/dog/Thumbs.db", "x") },
    .folder(.leftOut, "a text", file: "/train") { try $0.write("train/README.txt", "hello") },
    .folder(.imageBesideClasses, "an image beside folders", file: "train/x.png") { try $0.image("train/x.png", 900) },
    .folder(.folderInClass, "a folder of images in a class", file: "cat/more") {
      try $0.image("train/cat/more/x.png", 900)
    },
    .folder(.emptyClassFolder, "a class without images", file: "train/bird") { try $0.makeFolder("train/bird") },
    .folder(.rareSize, "one larger image", file: "cat/x.png") {
      try $0.image("train/cat/x.png", 900, height: 64, width: 80)
    },
    .folder(.rareChannels, "one grey image", file: "cat/x.png") {
      try $0.image("train/cat/x.png", 900, channels: 1)
    },
    .folder(.rareDepth, "one image of 16 bits", file: "cat/x.png", others: [.rareChannels]) {
      try $0.write("train/cat/x.png", SeededData.fixture("deep.png"))
    },
    .folder(.mixedNumbers, "one image of floats", file: "cat/x.tiff", others: [.rareChannels, .rareDepth]) {
      try $0.write("train/cat/x.tiff", SeededData.fixture("floats.tiff"))
    },
    .folder(.turnedImage, "an orientation tag", file: "cat/x.jpg") {
      try $0.write("train/cat/x.jpg", SeededData.fixture("turned.jpg"))
    },
    .folder(.transparentImage, "an image with alpha", file: "cat/x.png") {
      try $0.write("train/cat/x.png", SeededData.fixture("transparent.png"))
    },
    .folder(.inkImage, "a JPEG in printing inks", file: "cat/x.jpg") {
      try $0.write("train/cat/x.jpg", SeededData.fixture("inks.jpg"))
    },
    .folder(.oneColour, "a black image", file: "cat/x.png") {
      try $0.image("train/cat/x.png", 0) { $0.map { _ in 0 } }
    },
    .folder(.oneColour, "a red image", file: "dog/x.png") {
      try $0.image("test/dog/x.png", 0) { $0.indices.map { $0 % 3 == 0 ? 200 : 10 } }
    },
    SeededFault(.differentScale, "test images a tenth as bright", file: "/test") { data, isFaulty in
      try data.classes(train: 4, test: 0)
      for (number, name) in ["cat", "dog"].enumerated() {
        for index in 0..<2 {
          try data.image("test/\(name)/\(index).png", 100 * number + 50 + index) {
            isFaulty ? $0.map { $0 / 25 } : $0
          }
        }
      }
    },
    SeededFault(.wrongSize, "an image of another size than the model takes", file: "cat/x.png", others: [.rareSize]) {
      data, isFaulty in
      try data.classes()
      if isFaulty { try data.image("train/cat/x.png", 900, height: 40, width: 48) }
      try data.use(train: "train", test: "test", resize: false)
    },
    .folder(.unknownClass, "a class to test on alone", file: "/test") { try $0.image("test/bird/x.png", 900) },
    .folder(.absentClass, "a class to train on alone", file: "/test") { data in
      for index in 0..<2 { try data.image("train/bird/\(index).png", 900 + index) }
    },
    SeededFault(.similarClassNames, "capital letters", file: "/train") { data, isFaulty in
      try data.classes(test: 0)
      for index in 0..<2 { try data.image("train/\(isFaulty ? "Cat" : "bird")/\(index).png", 900 + index) }
    },
    SeededFault(.similarClassNames, "a blank and a dash", file: "/train") { data, isFaulty in
      for (number, name) in ["big cat", isFaulty ? "big_cat" : "small cat"].enumerated() {
        for index in 0..<3 { try data.image("train/\(name)/\(index).png", 10 * number + index) }
      }
    },
    SeededFault(.imbalance, "one dog among cats", file: "/train") { data, isFaulty in
      for index in 0..<20 { try data.image("train/cat/\(index).png", index) }
      for index in 0..<(isFaulty ? 1 : 2) { try data.image("train/dog/\(index).png", 900 + index) }
    },
    SeededFault(.oneClass, "cats only", file: "/train") { data, isFaulty in
      for index in 0..<3 { try data.image("train/cat/\(index).png", index) }
      if !isFaulty { for index in 0..<3 { try data.image("train/dog/\(index).png", 900 + index) } }
    },
    SeededFault(.unusableData, "no samples", file: "/train") { data, isFaulty in
      try data.classes()
      if isFaulty {
        try data.remove("train")
        try data.makeFolder("train")
      }
    },
    SeededFault(.unusableData, "a path to nothing", file: "nowhere") { data, isFaulty in
      try data.classes()
      try data.use(train: isFaulty ? "nowhere" : "train", test: "test")
    },
  ]

  /// Images that are there twice.
  static let duplicates: [SeededFault] = [
    .folder(.sameInTwoSplits, "a copy in test", file: "test/cat/x.png") { try $0.image("test/cat/x.png", 2) },
    .folder(.sameInTwoSplits, "a copy in another format", file: "test/cat/x.ppm") {
      try $0.image("test/cat/x.ppm", 2)
    },
    SeededFault(.fileInTwoSplits, "slices that overlap", file: "images/2.png") { data, isFaulty in
      try data.list(",label", [",a", ",b", ",a", ",b", ",a", ",b"])
      try data.use(train: "list.csv[:\(isFaulty ? 3 : 2)]", test: "list.csv[2:]")
    },
    .folder(.sameUnderTwoLabels, "a cat among dogs", file: "train/dog/x.png") { try $0.image("train/dog/x.png", 2) },
    .folder(.sameImage, "a copy in its class", file: "train/cat/x.png") { try $0.image("train/cat/x.png", 2) },
    .folder(.similarInTwoSplits, "brighter", file: "test/cat/x.png") {
      try $0.image("test/cat/x.png", 2) { $0.map { UInt8(min(255, Int($0) * 11 / 10 + 6)) } }
    },
    .folder(.similarInTwoSplits, "twice as large", file: "test/cat/x.png", others: [.rareSize]) { data in
      try data.image("test/cat/x.png", 2, height: 96, width: 96)
    },
    .folder(.similarInTwoSplits, "smaller", file: "train/cat/x.png", others: [.rareSize]) { data in
      try data.image("train/cat/x.png", 51, height: 36, width: 36)
    },
    SeededFault(.similarInTwoSplits, "saved anew as JPEG", file: "test/cat/x.jpg") { data, isFaulty in
      try data.classes()
      try data.write("train/cat/x.png", SeededData.fixture("picture.png"))
      if isFaulty { try data.write("test/cat/x.jpg", SeededData.fixture("picture.jpg")) }
    },
    .folder(.similarInTwoSplits, "mirrored", file: "test/cat/x.png") {
      try $0.image("test/cat/x.png", 2) { pixels in
        pixels.indices.map { pixels[$0 / 144 * 144 + (47 - $0 % 144 / 3) * 3 + $0 % 3] }
      }
    },
    .folder(.similarInTwoSplits, "turned by 90 degrees", file: "test/cat/x.png") {
      try $0.image("test/cat/x.png", 2) { pixels in
        pixels.indices.map { pixels[(47 - $0 % 144 / 3) * 144 + $0 / 144 * 3 + $0 % 3] }
      }
    },
    .folder(.similarInTwoSplits, "with noise", file: "test/dog/x.png") {
      try $0.image("test/dog/x.png", 102) { pixels in
        pixels.indices.map { UInt8(min(255, max(0, Int(pixels[$0]) + $0 * 7919 % 13 - 6))) }
      }
    },
    .folder(.similarUnderTwoLabels, "a brighter cat among dogs", file: "train/dog/x.png") {
      try $0.image("train/dog/x.png", 2) { $0.map { UInt8(min(255, Int($0) + 9)) } }
    },
    .folder(.similarImage, "a darker copy in its class", file: "train/dog/x.png") {
      try $0.image("train/dog/x.png", 101) { $0.map { UInt8(Int($0) * 9 / 10) } }
    },
  ]
}
