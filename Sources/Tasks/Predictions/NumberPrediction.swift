import Foundation
public import Networks

/// Numbers that were predicted of a sample.
public struct NumberPrediction: Prediction {
  public let numbers: [(name: String, value: Double)]

  /// - Parameters:
  ///   - names: one for each number; where there are none, the column's name with the number's place.
  public init(_ values: [Double], names: [String], column: String) {
    numbers = values.enumerated().map { index, value in
      let name = names.indices.contains(index) ? names[index] : values.count == 1 ? column : "\(column) \(index)"
      return (name, value)
    }
  }

  public var entries: [JSONValue] {
    numbers.map { .object(["name": .string($0.name), "value": .number($0.value)]) }
  }
  public var text: String { lines.joined(separator: ", ") }
  public var header: [String] { ["name", "value"] }
  public var rows: [[String]] { numbers.map { [$0.name, String($0.value)] } }
  public func draw(on picture: inout Picture) { picture.draw(lines: lines) }

  private var lines: [String] { numbers.map { "\($0.name) \(String(format: "%.4g", $0.value))" } }
}
