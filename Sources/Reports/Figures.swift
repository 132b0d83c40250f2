import Foundation

/// Figures as people read them.
enum Figures {
  /// `98.61 %`
  static func percent(_ share: Double) -> String { String(format: "%.2f %%", share * 100) }

  /// `0.1234`
  static func loss(_ loss: Double) -> String { String(format: "%.4f", loss) }

  /// `12,345`
  static func count(_ value: Double) -> String {
    let digits = Array(String(format: "%.0f", value))
    return String(
      digits.enumerated().reversed().reduce(into: [Character]()) { text, digit in
        let position = digits.count - 1 - digit.offset
        if position > 0, position % 3 == 0 { text.append(",") }
        text.append(digit.element)
      }.reversed())
  }

  /// `0:07`, `12:30` or `2:03:20`
  static func duration(_ seconds: Double) -> String {
    let total = Int(seconds.rounded())
    let (hours, minutes, rest) = (total / 3600, total / 60 % 60, total % 60)
    return hours > 0 ? String(format: "%d:%02d:%02d", hours, minutes, rest) : String(format: "%d:%02d", minutes, rest)
  }
}
