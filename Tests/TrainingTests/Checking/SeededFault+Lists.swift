import Datasets
import Foundation
import Training

extension SeededFault {
  private static let labels = [",a", ",b", ",a", ",b"]
  private static let ages = [",1", ",2", ",3", ",5"]
  private static let numbers = #"{"age": "numbers"}"#

  /// Rows of lists.
  static let lists: [SeededFault] = [
    .row(.missingValue, "no label", ",label", labels, instead: ","),
    .row(
      .labelOutOfRange, "a negative label", ",label", [",0", ",1"] + [String](repeating: ",0", count: 10) + [",1"],
      instead: ",-1"),
    .row(
      .notANumber, "a word among labels", ",label", [",0", ",1"] + [String](repeating: ",0", count: 10) + [",1"],
      instead: ",cat"),
    .row(
      .labelOutOfRange, "a label above the names", ",label", [",0", ",1", ",0", ",1"], instead: ",2",
      json: #"{"label": {"kind": "category", "classNames": ["a", "b"]}}"#),
    .row(
      .labelOutOfRange, "a name of no class", ",label", labels, instead: ",c",
      json: #"{"label": {"kind": "category", "classNames": ["a", "b"]}}"#),
    .row(.similarClassNames, "a blank in a name", ",label", labels + [",b"], instead: #"," b""#, file: "list.csv"),
    .row(.missingValue, "an empty cell", ",age", ages, instead: ",", json: numbers),
    .row(.notFinite, "not a number", ",age", ages, instead: ",nan", json: numbers),
    .row(.notFinite, "infinite", ",age", ages, instead: ",inf", json: numbers),
    .row(.notANumber, "a word", ",age", ages, instead: ",old", json: numbers),
    .row(
      .notFinite, "not a number in a column that nobody named", ",age",
      ages + [String](repeating: ",7", count: 10), instead: ",NaN"),
    .row(
      .missingColumn, "no such column", ",years", ages, instead: ",2", file: "list.csv",
      json: #"{"age": {"kind": "numbers", "from": "years"}}"#, others: []
    ).withMissingColumn,
    .row(.negativeWeight, "a weight below 0", ",weight", [",1", ",2", ",1", ",2"], instead: ",-1"),
    .row(
      .notBinary, "a label of 2", ",sun,rain", [",0,1", ",1,1", ",1,0", ",0,0"], instead: ",2,1",
      json: #"{"sky": {"kind": "categories", "from": ["sun", "rain"]}}"#),
    SeededFault(.constantColumn, "the same age everywhere", file: "list.csv") { data, isFaulty in
      try data.list(",age", isFaulty ? [",4", ",4", ",4"] : [",4", ",5", ",4"])
    },
    SeededFault(.missingFile, "a path to nothing", file: "list.csv, line 5") { data, isFaulty in
      try data.list(",label", labels)
      if isFaulty { try data.remove("images/3.png") }
    },
    SeededFault(.unlistedFile, "an image that no row names", file: "images/x.png") { data, isFaulty in
      try data.list(",label", labels)
      if isFaulty { try data.image("images/x.png", 900) }
    },
    SeededFault(.listedTwice, "a row twice", file: "images/0.png") { data, isFaulty in
      try data.list(",label", labels)
      if isFaulty { try data.append("list.csv", "images/0.png,a\n") }
    },
    SeededFault(.listedUnderTwoLabels, "an image under two labels", file: "images/0.png") { data, isFaulty in
      try data.list(",label", labels)
      if isFaulty { try data.append("list.csv", "images/0.png,b\n") }
    },
    SeededFault(.fileInTwoSplits, "an image in two lists", file: "images/0.png") { data, isFaulty in
      try data.list(",label", labels, "train.csv")
      try data.list(",label", labels, "test.csv", first: 10)
      if isFaulty { try data.append("test.csv", "images/0.png,a\n") }
      data.location = data.folder
    },
    SeededFault(.sameInTwoSplits, "a copy in another list", file: "images/x.png") { data, isFaulty in
      try data.list(",label", labels, "train.csv")
      try data.list(",label", labels, "test.csv", first: 10)
      if isFaulty {
        try data.image("images/x.png", 1)
        try data.append("test.csv", "images/x.png,b\n")
      }
      data.location = data.folder
    },
    SeededFault(.groupInTwoSplits, "a patient in two lists", file: "images/10.png") { data, isFaulty in
      try data.list(",label,patient", [",a,1", ",b,1", ",a,2", ",b,2"], "train.csv")
      try data.list(",label,patient", [",a,\(isFaulty ? 2 : 3)", ",b,3"], "test.csv", first: 10)
      try data.use(train: "train.csv", test: "test.csv") {
        $0.data.split = .init(validation: Share(0.5))
        $0.data.split?.group = "patient"
      }
    },
    SeededFault(.damagedImage, "a second image cut off", file: "depth/1.png") { data, isFaulty in
      try data.list(",depth", (0..<3).map { ",depth/\($0).png" })
      for index in 0..<3 { try data.image("depth/\(index).png", 900 + index, channels: 1) }
      if isFaulty { try data.write("depth/1.png", Array(SeededData.fixture("picture.png").dropLast(900))) }
      try data.use(train: "list.csv") { $0.data.columns = try SeededData.columns(#"{"depth": "image"}"#) }
    },
    SeededFault(.differentScale, "an age in months", file: "test.csv") { data, isFaulty in
      try data.list(",age", [",10", ",20", ",30", ",40"], "train.csv")
      try data.list(",age", isFaulty ? [",120", ",480"] : [",20", ",40"], "test.csv", first: 10)
      data.location = data.folder
    },
    SeededFault(.unusableData, "a line with a field too many", file: "list.csv") { data, isFaulty in
      try data.list(",label", labels)
      if isFaulty { try data.append("list.csv", "images/0.png,a,b\n") }
    },
    SeededFault(.missingValue, "a line of JSON without an image", file: "list.jsonl, line 2") { data, isFaulty in
      for index in 0..<3 { try data.image("images/\(index).png", index) }
      let lines = (0..<3).map { index in
        isFaulty && index == 1
          ? #"{"label": "b"}"# : #"{"image": "images/\#(index).png", "label": "\#(index == 0 ? "a" : "b")"}"#
      }
      if isFaulty { try data.remove("images/1.png") }
      try data.write("list.jsonl", lines.joined(separator: "\n"))
      data.location = "\(data.folder)/list.jsonl"
    },
    .row(.damagedImage, "an image of the list cut off", ",label", labels, instead: ",b", file: "images/1.png")
      .then { try $0.write("images/1.png", Array(SeededData.fixture("picture.png").dropLast(900))) },
  ]

  /// The same with a column that is asked for under another name.
  private var withMissingColumn: SeededFault {
    SeededFault(kind, name, file: file, others: others) { data, isFaulty in
      try make(&data, false)
      let name = isFaulty ? "ages" : "years"
      data.recipe!.data.columns = try SeededData.columns(#"{"age": {"kind": "numbers", "from": "\#(name)"}}"#)
    }
  }

  /// The same with something done to the faulty twin.
  private func then(_ change: @escaping @Sendable (SeededData) throws -> Void) -> SeededFault {
    SeededFault(kind, name, file: file, others: others) { data, isFaulty in
      try make(&data, false)
      if isFaulty { try change(data) }
    }
  }
}

extension SeededData {
  func append(_ name: String, _ text: String) throws {
    let path = "\(folder)/\(name)"
    try write(name, try String(contentsOfFile: path, encoding: .utf8) + text)
  }
}
