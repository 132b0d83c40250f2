extension String {
  /// Whether a name is of this pattern, as for files: `*` stands for any letters, `?` for one.
  public func isPattern(of name: String) -> Bool {
    let pattern = Array(self)
    func closed(_ states: Set<Int>) -> Set<Int> {
      var result = states
      for state in states {
        var next = state
        while next < pattern.count, pattern[next] == "*" {
          next += 1
          result.insert(next)
        }
      }
      return result
    }
    // Positions in the pattern that the letters so far can have led to.
    var states = closed([0])
    for letter in name {
      states = closed(
        states.reduce(into: []) { next, state in
          guard state < pattern.count else { return }
          if pattern[state] == "*" {
            next.insert(state)
          } else if pattern[state] == "?" || pattern[state] == letter {
            next.insert(state + 1)
          }
        })
    }
    return states.contains(pattern.count)
  }
}
