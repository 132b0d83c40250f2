extension Collection<String> {
  /// The element that takes the fewest changes of a letter to reach from `name` (Levenshtein, case ignored), for messages that
  /// say what was probably meant. The collection must not be empty.
  public func nearest(to name: String) -> String {
    self.min { $0.distance(to: name) < $1.distance(to: name) }!
  }
}

extension String {
  fileprivate func distance(to other: String) -> Int {
    let (left, right) = (Array(lowercased()), Array(other.lowercased()))
    var row = Array(0...right.count)
    for (index, letter) in left.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for position in right.indices {
        let above = row[position + 1]
        row[position + 1] = Swift.min(above + 1, row[position] + 1, diagonal + (letter == right[position] ? 0 : 1))
        diagonal = above
      }
    }
    return row[right.count]
  }
}
