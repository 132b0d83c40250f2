import Datasets
import Testing
import Training

/// A small data set with exactly one fault, and its clean twin.
struct SeededFault: Sendable, CustomTestStringConvertible {
  let name: String
  let kind: FindingKind
  /// The end of the file, or of the place in a file, that the finding names.
  let file: String
  /// What follows from the fault besides.
  let others: Set<FindingKind>
  /// Makes the data set, with the fault or without it.
  let make: @Sendable (inout SeededData, _ isFaulty: Bool) throws -> Void

  var testDescription: String { "\(kind.rawValue): \(name)" }

  init(
    _ kind: FindingKind, _ name: String, file: String, others: Set<FindingKind> = [],
    _ make: @escaping @Sendable (inout SeededData, _ isFaulty: Bool) throws -> Void
  ) {
    (self.kind, self.name, self.file, self.others, self.make) = (kind, name, file, others, make)
  }

  /// Folders of classes, one of which gets something more.
  static func folder(
    _ kind: FindingKind, _ name: String, file: String, others: Set<FindingKind> = [],
    _ add: @escaping @Sendable (SeededData) throws -> Void
  ) -> SeededFault {
    SeededFault(kind, name, file: file, others: others) { data, isFaulty in
      try data.classes()
      if isFaulty { try add(data) }
    }
  }

  /// A list whose rows are those of four samples, or one of them another one.
  static func row(
    _ kind: FindingKind, _ name: String, _ columns: String, _ rows: [String], instead row: String,
    file: String = "list.csv, line 3", json: String? = nil, others: Set<FindingKind> = []
  ) -> SeededFault {
    SeededFault(kind, name, file: file, others: others) { data, isFaulty in
      var rows = rows
      if isFaulty { rows[1] = row }
      try data.list(columns, rows)
      if let json {
        try data.use(train: "list.csv") { $0.data.columns = try SeededData.columns(json) }
      }
    }
  }

  /// Annotations, of which that of image 0 is another one.
  static func annotation(
    _ kind: FindingKind, _ name: String, _ change: @escaping @Sendable (String) -> String
  ) -> SeededFault {
    SeededFault(kind, name, file: kind == .damagedAnnotation ? "0.xml" : "0.png") { data, isFaulty in
      try data.annotations { isFaulty ? change($0) : $0 }
    }
  }

  /// Masks, of which that of image 0 is another one.
  static func mask(
    _ kind: FindingKind, _ name: String, _ file: @escaping @Sendable () throws -> [UInt8]
  ) -> SeededFault {
    SeededFault(kind, name, file: "masks/0.png") { data, isFaulty in
      try data.masks()
      if isFaulty { try data.write("train/masks/0.png", file()) }
    }
  }

  static let all = folders + duplicates + lists + arrays + masks + boxes
}
