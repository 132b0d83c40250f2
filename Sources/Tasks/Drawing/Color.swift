/// A color of eight bits for each part.
struct Color: Hashable, Sendable {
  var red: UInt8
  var green: UInt8
  var blue: UInt8

  static let white = Color(red: 255, green: 255, blue: 255)
  static let black = Color(red: 0, green: 0, blue: 0)

  /// The color of a class, that of PASCAL VOC: the bits of the number, three at a time, become the highest bits of red,
  /// green and blue. (M. Everingham and others, development kit of the VOC challenge.) Class 0 is black there; here it
  /// has the color of class 255, since any class may be shown.
  static func ofClass(_ number: Int) -> Color {
    var (color, rest) = ((red: UInt8(0), green: UInt8(0), blue: UInt8(0)), number % 256 == 0 ? 255 : number % 256)
    for bit in 0..<8 where rest > 0 {
      color.red |= UInt8(rest & 1) << UInt8(7 - bit)
      color.green |= UInt8(rest >> 1 & 1) << UInt8(7 - bit)
      color.blue |= UInt8(rest >> 2 & 1) << UInt8(7 - bit)
      rest >>= 3
    }
    return Color(red: color.red, green: color.green, blue: color.blue)
  }

  /// As bright as it looks, 0...255 (ITU-R BT.601).
  var brightness: Int { (299 * Int(red) + 587 * Int(green) + 114 * Int(blue)) / 1000 }

  /// Black or white, whichever is read better on it.
  var ink: Color { brightness > 140 ? .black : .white }

  /// Half of each.
  func mixed(with other: Color) -> Color {
    Color(
      red: UInt8((Int(red) + Int(other.red)) / 2), green: UInt8((Int(green) + Int(other.green)) / 2),
      blue: UInt8((Int(blue) + Int(other.blue)) / 2))
  }
}
