/// How often images of each class were taken for each class.
public struct ConfusionMatrix: Hashable, Sendable {
  public let classes: Int
  /// By label, then by the class that the images were taken for.
  private var counts: [Int]

  public init(classes: Int) {
    self.classes = classes
    counts = Array(repeating: 0, count: classes * classes)
  }

  public subscript(label label: Int, predicted predicted: Int) -> Int {
    get { counts[label * classes + predicted] }
    set { counts[label * classes + predicted] = newValue }
  }

  public static func += (left: inout ConfusionMatrix, right: ConfusionMatrix) {
    precondition(left.classes == right.classes, "matrices of the same classes")
    for index in left.counts.indices { left.counts[index] += right.counts[index] }
  }

  /// One row for each label.
  public var rows: [[Int]] { (0..<classes).map { Array(counts[$0 * classes..<($0 + 1) * classes]) } }

  /// What was found out about each class.
  public var scores: [ClassScore] {
    (0..<classes).map { index in
      ClassScore(
        images: (0..<classes).reduce(0) { $0 + self[label: index, predicted: $1] },
        predicted: (0..<classes).reduce(0) { $0 + self[label: $1, predicted: index] },
        correct: self[label: index, predicted: index])
    }
  }

  /// Pairs of different classes that were taken for each other, the most frequent first.
  public var mistakes: [(label: Int, predicted: Int, count: Int)] {
    counts.indices.filter { counts[$0] > 0 && $0 / classes != $0 % classes }
      .sorted { (counts[$1], $0) < (counts[$0], $1) }
      .map { (label: $0 / classes, predicted: $0 % classes, count: counts[$0]) }
  }
}

/// Written as places and counts of what is not zero, because most of a large matrix is.
extension ConfusionMatrix: Codable {
  private enum CodingKeys: String, CodingKey { case classes, places, counts }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(classes: try values.decode(Int.self, forKey: .classes))
    let places = try values.decode([Int].self, forKey: .places)
    for (place, count) in zip(places, try values.decode([Int].self, forKey: .counts)) { counts[place] = count }
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    let places = counts.indices.filter { counts[$0] != 0 }
    try values.encode(classes, forKey: .classes)
    try values.encode(places, forKey: .places)
    try values.encode(places.map { counts[$0] }, forKey: .counts)
  }
}
