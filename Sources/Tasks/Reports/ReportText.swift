import Foundation

/// Text as files and people want it.
enum ReportText {
  /// `98.61 %`
  static func percent(_ share: Double) -> String { String(format: "%.2f %%", share * 100) }

  /// A field of comma-separated values (RFC 4180).
  static func field(_ text: String) -> String {
    guard text.contains(where: { ",\"\r\n".contains($0) }) else { return text }
    return "\"\(text.replacing("\"", with: "\"\""))\""
  }

  /// Text as XML wants it.
  static func xml(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;").replacing(
      "\"", with: "&quot;")
  }
}
