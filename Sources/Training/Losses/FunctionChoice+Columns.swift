import Datasets
import Networks

extension FunctionChoice {
  /// The same with the arguments that follow from the column that it looks at, unless they are said: which pixels are
  /// of no class, and how boxes are given.
  ///
  /// - Parameter known: the arguments that the loss or metric has, with their values.
  func completed(_ known: [String: JSONValue], by column: ColumnChoice?) -> FunctionChoice {
    var copy = self
    func follow(_ key: String, _ value: JSONValue?) {
      if let value, known[key] != nil, arguments[key] == nil { copy.arguments[key] = value }
    }
    follow("ignore_class", column?.void.map { .integer($0) })
    if arguments["bounding_box_format"] == nil, arguments["sqrt"] == nil {
      follow("bounding_box_format", column?.encoding.map { .string($0.format) })
      follow("sqrt", column?.encoding.map { .bool($0.isSquareRoot) })
    }
    return copy
  }
}
