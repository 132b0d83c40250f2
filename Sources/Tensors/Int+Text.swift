// How numbers are told to people.
extension Int {
  /// With commas between thousands: `1,234,567`.
  package var grouped: String {
    let digits = Array(String(magnitude))
    let groups = stride(from: digits.count, to: 0, by: -3).map { String(digits[Swift.max(0, $0 - 3)..<$0]) }
    return (self < 0 ? "-" : "") + groups.reversed().joined(separator: ",")
  }

  /// A number of bytes: `18.4 KiB`.
  package var bytes: String {
    var (amount, unit) = (Double(self), "B")
    for next in ["KiB", "MiB", "GiB", "TiB"] where amount >= 1024 { (amount, unit) = (amount / 1024, next) }
    guard unit != "B" else { return "\(self) B" }
    let tenths = Int((amount * 10).rounded())
    return "\((tenths / 10).grouped).\(tenths % 10) \(unit)"
  }
}
