public import Training

extension Metrics {
  /// `loss 0.0421 accuracy 98.60 % (986 of 1000)`
  public var text: String {
    guard let correct else { return "\(figures(separator: " ")) (\(samples) samples)" }
    return "\(figures(separator: " ")) (\(correct) of \(samples))"
  }

  /// The loss and all scores: shares of right answers in per cent, others as they are.
  ///
  /// - Parameter part: what is said before each.
  func figures(of part: String = "", separator: String = "  ") -> String {
    (["\(part)loss \(Figures.loss(loss))"] + scoreTexts(of: part)).joined(separator: separator)
  }

  func scoreTexts(of part: String = "") -> [String] {
    values.map { name, value in
      "\(part)\(name) " + (name.hasSuffix("accuracy") ? Figures.percent(value) : Figures.loss(value))
    }
  }
}
