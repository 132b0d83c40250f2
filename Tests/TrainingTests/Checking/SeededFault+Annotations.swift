import Datasets
import Foundation
import Training

extension SeededFault {
  static let masks: [SeededFault] = [
    mask(.maskSize, "a smaller mask") {
      try PNGEncoder.encode(Array(SeededData.mask.prefix(48 * 40)), height: 40, width: 48)
    },
    mask(.maskClass, "a pixel of class 7") {
      try PNGEncoder.encode(SeededData.mask.indices.map { $0 == 99 ? 7 : SeededData.mask[$0] }, height: 48, width: 48)
    },
    mask(.maskOnlyVoid, "void alone") {
      try PNGEncoder.encode([UInt8](repeating: 255, count: 48 * 48), height: 48, width: 48)
    },
    mask(.maskFormat, "a JPEG") { try SeededData.fixture("mask.jpg") },
    mask(.maskInColours, "colours that nobody explains") {
      try PNGEncoder.encode(SeededData.mask.flatMap { [$0 * 200, 0, 0] as [UInt8] }, height: 48, width: 48)
    },
    mask(.maskPalette, "a palette") { try SeededData.fixture("palette.png") },
    mask(.damagedMask, "a mask cut off") {
      Array(try PNGEncoder.encode(SeededData.mask, height: 48, width: 48).dropLast(40))
    },
    mask(.emptyFile, "a mask without bytes") { [] },
    SeededFault(.emptyClass, "a class that no mask has", file: "/train") { data, isFaulty in
      try data.masks()
      let classes = isFaulty ? 3 : 2
      data.recipe!.data.columns = try SeededData.columns(#"{"mask": {"kind": "mask", "classes": \#(classes)}}"#)
    },
    SeededFault(.missingMask, "no mask", file: "images/2.png") { data, isFaulty in
      try data.masks()
      if isFaulty { try data.remove("train/masks/2.png") }
    },
    SeededFault(.maskWithoutImage, "a mask too many", file: "masks/x.png") { data, isFaulty in
      try data.masks()
      if isFaulty { try data.write("train/masks/x.png", PNGEncoder.encode(SeededData.mask, height: 48, width: 48)) }
    },
    SeededFault(.maskColour, "a colour of no class", file: "masks/0.png") { data, isFaulty in
      try data.masks()
      for index in 0..<4 {
        let red: UInt8 = isFaulty && index == 0 ? 199 : 200
        let colours = SeededData.mask.flatMap { [$0 * red, 0, 0] as [UInt8] }
        try data.write("train/masks/\(index).png", PNGEncoder.encode(colours, height: 48, width: 48))
      }
      data.recipe!.data.columns = try SeededData.columns(
        #"{"mask": {"kind": "mask", "colors": [[0, 0, 0], [200, 0, 0]]}}"#)
    },
  ]

  private static let box = ",xmin,ymin,xmax,ymax"
  private static let corners = [",1,2,20,30", ",3,4,30,40", ",5,6,40,44", ",2,2,9,9"]

  static let boxes: [SeededFault] = [
    row(.boxOutside, "a box that leaves the image", box, corners, instead: ",3,4,49,40", file: "images/1.png"),
    row(.boxInverted, "a box from right to left", box, corners, instead: ",30,4,3,40", file: "images/1.png"),
    row(.boxWithoutArea, "a box without height", box, corners, instead: ",3,4,30,4", file: "images/1.png"),
    row(.missingValue, "a box without an edge", box, corners, instead: ",3,,30,40"),
    row(.notFinite, "an edge that is not a number", box, corners, instead: ",3,nan,30,40"),
    SeededFault(.boxNumbers, "five numbers for a box", file: "list.jsonl, line 2") { data, isFaulty in
      try data.boxes(isFaulty ? "[1, 2, 20, 30, 5]" : "[1, 2, 20, 30]", classes: "[1]")
    },
    SeededFault(.boxClass, "a class of one and a half", file: "images/1.png") { data, isFaulty in
      try data.boxes("[1, 2, 20, 30]", classes: isFaulty ? "[1.5]" : "[1]")
    },
    SeededFault(.boxTwice, "a box twice in a list", file: "images/1.png") { data, isFaulty in
      try data.boxes("[1, 2, 20, 30, \(isFaulty ? 1 : 3), 2, 20, 30]", classes: "[1, 1]")
    },
    annotation(.boxOutside, "a box that leaves the image") { $0.replacing("<xmax>20<", with: "<xmax>50<") },
    annotation(.boxInverted, "a box from bottom to top") { $0.replacing("<ymin>4<", with: "<ymin>30<") },
    annotation(.boxWithoutArea, "a box without width") { $0.replacing("<xmin>4<", with: "<xmin>20<") },
    annotation(.boxNumbers, "a box without an edge") { $0.replacing("<ymax>24</ymax>", with: "") },
    annotation(.boxTwice, "a box twice") { _ in SeededData.annotation([(4, 4, 20, 24), (4, 4, 20, 24)]) },
    annotation(.annotationSize, "another size") { $0.replacing("<width>48<", with: "<width>64<") },
    annotation(.damagedAnnotation, "an annotation cut off") { String($0.dropLast(40)) },
    SeededFault(.missingAnnotation, "an image alone", file: "JPEGImages/x.png") { data, isFaulty in
      try data.annotations()
      if isFaulty { try data.image("JPEGImages/x.png", 900) }
    },
    SeededFault(.annotationWithoutImage, "an annotation alone", file: "Annotations/x.xml") { data, isFaulty in
      try data.annotations()
      if isFaulty { try data.write("Annotations/x.xml", SeededData.annotation([(1, 1, 9, 9)])) }
    },
    SeededFault(.missingFile, "a name in a list of images that there is not", file: "Main/train.txt") {
      data, isFaulty in
      try data.annotations()
      try data.write("ImageSets/Main/train.txt", "0\n1\n\(isFaulty ? "9\n" : "")")
      try data.write("ImageSets/Main/test.txt", "2\n3\n")
    },
    SeededFault(.unknownClass, "a class to test on alone", file: "voc-data") { data, isFaulty in
      data = SeededData(in: "\(data.folder)/voc-data")
      try data.annotations { isFaulty ? $0.replacing("<name>cell<", with: "<name>worm<") : $0 }
      try data.write("ImageSets/Main/train.txt", "1\n2\n")
      try data.write("ImageSets/Main/test.txt", "0\n3\n")
    },
  ]
}

extension SeededData {
  /// Three images in a list of JSON with boxes, of which the second one has those that are given.
  fileprivate mutating func boxes(_ boxes: String, classes: String) throws {
    let lines = try (0..<3).map { index in
      try image("images/\(index).png", index)
      return index == 1
        ? #"{"image": "images/1.png", "boxes": \#(boxes), "class": \#(classes)}"#
        : #"{"image": "images/\#(index).png", "boxes": [4, 4, 9, 9], "class": [0]}"#
    }
    try write("list.jsonl", lines.joined(separator: "\n"))
    try use(train: "list.jsonl") {
      $0.data.columns = try SeededData.columns(#"{"boxes": {"kind": "boxes", "from": ["boxes", "class"]}}"#)
    }
  }
}
