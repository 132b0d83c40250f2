import Datasets
import HDF5
import Tensors
import Training

extension SeededFault {
  /// Arrays with labels 0 and 1, of which one of the training data is another one.
  private static func label(
    _ kind: FindingKind, _ name: String, _ value: Int64, names: [String] = []
  ) -> SeededFault {
    SeededFault(kind, name, file: "sample 3") { data, isFaulty in
      try data.arrays { group, part, count in
        var labels = (0..<count).map { Int64($0 % 2) }
        if isFaulty, part == "train" { labels[3] = value }
        try group.write("labels", labels)
        if !names.isEmpty { try group.attributes.set("class_names", names) }
      }
    }
  }

  /// Arrays with one-hot labels, of which one row is another one.
  private static func row(_ kind: FindingKind, _ name: String, _ row: [UInt8]) -> SeededFault {
    SeededFault(kind, name, file: "sample 3") { data, isFaulty in
      try data.arrays(counts: ["train": 30, "test": 4]) { group, part, count in
        var rows = (0..<count).map { [UInt8]($0 % 2 == 0 ? [1, 0] : [0, 1]) }
        if isFaulty, part == "train" { rows[3] = row }
        try group.write("labels", rows.flatMap(\.self), shape: [count, 2])
      }
    }
  }

  /// Arrays with a column beside images, of which sample 1 of the training data has another value.
  private static func column(
    _ kind: FindingKind, _ name: String, _ json: String, _ values: [Float], instead: [Float]
  ) -> SeededFault {
    SeededFault(kind, name, file: "sample 1") { data, isFaulty in
      try data.arrays { group, part, count in
        var rows = (0..<count).map { index in values.map { $0 + Float(index) / 64 } }
        if isFaulty, part == "train" { rows[1] = instead }
        try group.write("column", rows.flatMap(\.self), shape: [count, values.count])
      }
      try data.use(train: "data.h5:/train", test: "data.h5:/test", input: [16, 16, 3]) {
        $0.data.columns = try SeededData.columns(json)
      }
    }
  }

  /// HDF5 and NumPy.
  static let arrays: [SeededFault] = [
    label(.labelOutOfRange, "a negative label in HDF5", -1),
    label(.labelOutOfRange, "a label above the names in HDF5", 2, names: ["a", "b"]),
    SeededFault(.labelsFromOne, "labels 1 and 2", file: "/train") { data, isFaulty in
      try data.arrays { group, _, count in
        try group.write("labels", (0..<count).map { Int64($0 % 2 + (isFaulty ? 1 : 0)) })
      }
    },
    SeededFault(.emptyClass, "a gap between labels", file: "/train") { data, isFaulty in
      try data.arrays { group, _, count in
        try group.write("labels", (0..<count).map { [0, 1, isFaulty ? 3 : 2, 1][$0 % 4] as Int64 })
      }
    },
    SeededFault(.unusableData, "labels of floats", file: "/train") { data, isFaulty in
      try data.arrays(counts: ["train": 6]) { group, _, count in
        if isFaulty {
          try group.write("labels", (0..<count).map { Float($0 % 2) })
        } else {
          try group.write("labels", (0..<count).map { Int32($0 % 2) })
        }
      }
    },
    row(.notOneHot, "two times a 1", [1, 1]),
    row(.notOneHot, "a row of 0", [0, 0]),
    row(.notOneHot, "a row with 7", [7, 0]),
    column(
      .notFinite, "not a number in HDF5", #"{"age": {"kind": "numbers", "from": "column"}}"#, [1], instead: [.nan]),
    column(
      .notFinite, "infinite in HDF5", #"{"age": {"kind": "numbers", "from": "column"}}"#, [1, 2],
      instead: [1, .infinity]),
    column(
      .negativeWeight, "a weight below 0 in HDF5", #"{"weight": {"kind": "weight", "from": "column"}}"#, [1],
      instead: [-1]),
    column(
      .boxOutside, "a box outside in HDF5", #"{"box": {"kind": "boxes", "from": "column"}}"#, [1, 1, 8, 8],
      instead: [1, 1, 17, 8]),
    column(
      .boxInverted, "an inverted box in HDF5", #"{"box": {"kind": "boxes", "from": "column"}}"#, [1, 1, 8, 8],
      instead: [8, 1, 1, 8]),
    SeededFault(.notFinite, "a pixel that is not a number", file: "sample 2") { data, isFaulty in
      data.location = "\(data.folder)/data.h5"
      let file = try File(creating: data.location)
      var pixels = (0..<6).flatMap { SeededData.pixels($0, 16, 16, 1).map { Float($0) / 255 } }
      if isFaulty { pixels[2 * 256 + 9] = .nan }
      try file.root.write("images", pixels, shape: [6, 16, 16, 1])
      try file.root.write("labels", [Int32](arrayLiteral: 0, 1, 0, 1, 0, 1))
      try file.close()
    },
    SeededFault(.sameInTwoSplits, "a sample of train in test", file: "/test, sample 1") { data, isFaulty in
      try data.arrays(images: { group, index in
        SeededData.pixels(group == "train" ? index : isFaulty && index == 1 ? 5 : 50 + index, 16, 16, 3)
      }) { group, _, count in try group.write("labels", (0..<count).map { Int64($0 % 2) }) }
    },
    SeededFault(.oneColour, "a black sample", file: "/train, sample 4") { data, isFaulty in
      try data.arrays(images: { group, index in
        let pixels = SeededData.pixels(group == "train" ? index : 50 + index, 16, 16, 3)
        return isFaulty && group == "train" && index == 4 ? pixels.map { _ in 0 } : pixels
      }) { group, _, count in try group.write("labels", (0..<count).map { Int64($0 % 2) }) }
    },
    SeededFault(.unusableData, "fewer labels than images", file: "/train") { data, isFaulty in
      try data.arrays { group, part, count in
        let labels = (0..<(isFaulty && part == "train" ? count - 1 : count)).map { Int64($0 % 2) }
        try group.write("labels", labels)
      }
      try data.use(train: "data.h5:/train", input: [16, 16, 3])
    },
    SeededFault(.differentScale, "test images of 0 to 1", file: "/test") { data, isFaulty in
      data.location = "\(data.folder)/data.h5"
      let file = try File(creating: data.location)
      for (part, first) in [("train", 0), ("test", 50)] {
        let group = try file.root.createGroup(part)
        let scale: Float = isFaulty && part == "test" ? 1 / 255 : 1
        let pixels = (first..<first + 6).flatMap { SeededData.pixels($0, 16, 16, 1).map { Float($0) * scale } }
        try group.write("images", pixels, shape: [6, 16, 16, 1])
        try group.write("labels", [Int32](arrayLiteral: 0, 1, 0, 1, 0, 1))
      }
      try file.close()
    },
    SeededFault(.labelOutOfRange, "a negative label in NumPy", file: "sample 2") { data, isFaulty in
      let pixels = (0..<6).flatMap { SeededData.pixels($0, 16, 16, 3) }
      try data.write("arrays/images.npy", numPy("|u1", "(6, 16, 16, 3)") + pixels)
      var labels: [Int8] = [0, 1, 0, 1, 0, 1]
      if isFaulty { labels[2] = -3 }
      try data.write("arrays/labels.npy", numPy("|i1", "(6,)") + labels.map { UInt8(bitPattern: $0) })
      data.location = "\(data.folder)/arrays"
    },
    SeededFault(.maskClass, "a mask of another class in HDF5", file: "sample 1") { data, isFaulty in
      try data.arrays(counts: ["train": 4]) { group, _, count in
        var masks = [UInt8](repeating: 0, count: count * 256)
        for place in masks.indices where place % 16 > 7 { masks[place] = 1 }
        if isFaulty { masks[256 + 8] = 6 }
        try group.write("masks", masks, shape: [count, 16, 16])
      }
      try data.use(train: "data.h5:/train", input: [16, 16, 3]) {
        $0.data.columns = try SeededData.columns(#"{"mask": {"kind": "mask", "from": "masks", "classes": 2}}"#)
      }
    },
  ]

  /// The beginning of a file of NumPy's.
  private static func numPy(_ type: String, _ shape: String) -> [UInt8] {
    let header = "{'descr': '\(type)', 'fortran_order': False, 'shape': \(shape), }"
    let padded = header + String(repeating: " ", count: 63 - (10 + header.utf8.count) % 64) + "\n"
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(padded.utf8.count & 255), UInt8(padded.utf8.count >> 8)]
      + Array(padded.utf8)
  }
}
