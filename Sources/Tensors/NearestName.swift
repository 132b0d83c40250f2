extension Collection<String> {
  /// The element that was probably meant by `name`, by letters and digits alone, whatever their case; nil where none
  /// looks like it.
  ///
  /// A look-alike takes at most a change in every third letter to reach (a letter more, less, other, or two that change
  /// places), or holds the other as a part of some length.
  public func nearest(to name: String) -> String? {
    let wanted = name.lettersAndDigits
    let ranked = compactMap { element in
      element.lettersAndDigits.unlikeness(to: wanted).map { (element: element, unlikeness: $0) }
    }
    return ranked.min { $0.unlikeness < $1.unlikeness }?.element
  }

  /// The end of a sentence about a name that is none of these: `; did you mean 'x'?`, or a list of them.
  ///
  /// - Parameter reference: what lists them all, where they are many: `'convoy layers' lists them`.
  public func suggestion(for name: String, reference: String? = nil) -> String {
    if let nearest = nearest(to: name) { return "; did you mean '\(nearest)'?" }
    if let reference, count > 14 { return "; \(reference)." }
    if isEmpty { return "; remove it." }
    let more = count > 14 ? " and \(count - 12) more" : ""
    return "; known are \(prefix(count > 14 ? 12 : 14).joined(separator: ", "))\(more)."
  }
}

extension String {
  package var lettersAndDigits: String { lowercased().filter { $0.isLetter || $0.isNumber } }

  /// How many changes lead from one to the other; nil where there is no likeness.
  fileprivate func unlikeness(to other: String) -> Double? {
    let (short, long) = count < other.count ? (self, other) : (other, self)
    if short.count >= 4, short.count * 3 >= long.count, long.contains(short) {
      // Less than any change, and the less the more they have in common.
      return Double(long.count - short.count) / Double(long.count)
    }
    let distance = distance(to: other)
    return distance <= Swift.max(1, long.count / 3) && distance < short.count ? Double(distance) : nil
  }

  /// Damerau's and Levenshtein's, every part changed once at most.
  private func distance(to other: String) -> Int {
    let (left, right) = (Array(self), Array(other))
    guard !left.isEmpty, !right.isEmpty else { return Swift.max(left.count, right.count) }
    var rows = [Array(0...right.count)]
    for (row, letter) in left.enumerated() {
      var next = [row + 1]
      for (column, other) in right.enumerated() {
        var best = Swift.min(rows[row][column + 1] + 1, next[column] + 1, rows[row][column] + (letter == other ? 0 : 1))
        if row > 0, column > 0, letter == right[column - 1], left[row - 1] == other {
          best = Swift.min(best, rows[row - 1][column - 1] + 1)
        }
        next.append(best)
      }
      rows.append(next)
    }
    return rows[left.count][right.count]
  }
}
