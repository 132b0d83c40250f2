public import Kernels
import Tensors

/// The arguments of one augmentation, read name by name. It remembers which were asked for.
public final class Arguments {
  public let owner: String
  private let values: [String: ArgumentValue]
  public private(set) var read: Set<String> = []

  public init(of owner: String, _ values: [String: ArgumentValue]) { (self.owner, self.values) = (owner, values) }

  private func value(_ name: String) -> ArgumentValue? {
    read.insert(name)
    let value = values[name]
    return value == .null ? nil : value
  }

  public func has(_ name: String) -> Bool { value(name) != nil }

  /// The error of an argument that is not what it must be.
  public func error(_ name: String, _ expected: String) -> ArgumentError {
    let found = value(name).map { "is \($0.brief), but must be" } ?? "is missing; give"
    return ArgumentError(place: "\(owner).\(name)", problem: "\(found) \(expected)")
  }

  /// Refuses arguments that nobody has asked for.
  func requireNoOthers() throws(ArgumentError) {
    let others = values.keys.filter { !read.contains($0) && values[$0] != .null }.sorted()
    guard let other = others.first else { return }
    let meant = read.sorted().nearest(to: other).map { "did you mean '\($0)'" }
    throw ArgumentError(
      place: "\(owner).\(other)",
      problem: "is no argument; " + (meant ?? "known are \(read.sorted().joined(separator: ", "))"))
  }

  /// A range to draw from: two numbers in either order, or one.
  ///
  /// - Parameters:
  ///   - bounds: which contain all numbers.
  ///   - lower: where the range begins that one number f is the end of: -f by default, as far as the bounds allow.
  public func range(
    _ name: String, in bounds: ClosedRange<Double>, default standard: FactorRange? = nil,
    lower: ((_ factor: Double) -> Double)? = nil
  ) throws(ArgumentError) -> FactorRange {
    let expected = "a number from \(bounds.lowerBound) to \(bounds.upperBound), or the least and the greatest"
    guard let value = value(name) else {
      if let standard { return standard }
      throw error(name, expected)
    }
    if let number = value.number, bounds.contains(number) {
      let factor = number.magnitude
      return FactorRange(lower?(factor) ?? max(-factor, bounds.lowerBound), factor)
    }
    guard let pair = value.numbers, pair.count == 2, pair[0] <= pair[1], pair.allSatisfy(bounds.contains) else {
      throw error(name, expected)
    }
    return FactorRange(pair[0], pair[1])
  }

  public func number(
    _ name: String, in bounds: ClosedRange<Double>, default standard: Double? = nil
  ) throws(ArgumentError) -> Double {
    let expected = "a number from \(bounds.lowerBound) to \(bounds.upperBound)"
    guard let value = value(name) else {
      if let standard { return standard }
      throw error(name, expected)
    }
    guard let number = value.number, bounds.contains(number) else { throw error(name, expected) }
    return number
  }

  public func integer(
    _ name: String, in bounds: ClosedRange<Int>, default standard: Int? = nil
  ) throws(ArgumentError) -> Int {
    let limits = Double(bounds.lowerBound)...Double(bounds.upperBound)
    let number = try number(name, in: limits, default: standard.map(Double.init))
    guard let integer = Int(exactly: number) else {
      throw error(name, "a whole number from \(bounds.lowerBound) to \(bounds.upperBound)")
    }
    return integer
  }

  public func flag(_ name: String, default standard: Bool) throws(ArgumentError) -> Bool {
    guard let value = value(name) else { return standard }
    guard case .flag(let flag) = value else { throw error(name, "true or false") }
    return flag
  }

  /// Some numbers, or as many as there are; nil where there are none.
  public func numbers(_ name: String) -> [Double]? { value(name).flatMap { $0.numbers ?? $0.number.map { [$0] } } }

  public func choice<Choice: RawRepresentable<String>>(
    _ name: String, among choices: [Choice], default standard: Choice
  ) throws(ArgumentError) -> Choice {
    guard let value = value(name) else { return standard }
    guard case .text(let text) = value, let choice = choices.first(where: { $0.rawValue == text }) else {
      throw error(name, choices.map(\.rawValue).joined(separator: ", "))
    }
    return choice
  }

  /// Keras's `value_range`, 0 to 255 by default.
  public func valueRange() throws(ArgumentError) -> ClosedRange<Double> {
    guard has("value_range") else { return 0...255 }
    guard let pair = numbers("value_range"), pair.count == 2, pair[0] < pair[1], pair.allSatisfy(\.isFinite) else {
      throw error("value_range", "the least and the greatest number of images, such as [0, 255]")
    }
    return pair[0]...pair[1]
  }

  /// Keras's `fill_mode` and `fill_value`.
  public func fill() throws(ArgumentError) -> Fill {
    Fill(
      try choice("fill_mode", among: Fill.Mode.allCases, default: .reflect),
      value: try number("fill_value", in: -.greatestFiniteMagnitude ... .greatestFiniteMagnitude, default: 0))
  }

  /// Keras's `interpolation`, as far as maps have it.
  public func interpolation() throws(ArgumentError) -> Interpolation {
    try choice("interpolation", among: [.bilinear, .nearest], default: .bilinear)
  }
}
