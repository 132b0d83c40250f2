import Networks
import Tensors

/// The arguments of a schedule of Keras's, checked one by one as they are read; what nobody has read is an error.
public struct ScheduleArguments: Sendable {
  /// Of the schedule in the configuration: `schedule.ExponentialDecay`.
  let path: String
  /// The learning rate that the schedule begins with where it does not say.
  let rate: Double
  private let values: [String: JSONValue]
  private let stepsPerEpoch: Int
  private var known: [String] = []

  /// - Parameter stepsPerEpoch: what a length such as `2 epochs` is counted with.
  init(_ values: [String: JSONValue], path: String, rate: Double, stepsPerEpoch: Int) {
    (self.values, self.path, self.rate, self.stepsPerEpoch) = (values, path, rate, stepsPerEpoch)
  }

  /// The value of an argument; nil where it is not given, or null.
  private mutating func value(_ key: String) -> JSONValue? {
    known.append(key)
    return values[key].flatMap { $0 == .null ? nil : $0 }
  }

  private func error(_ key: String, _ problem: String) -> RecipeError { RecipeError("\(path).\(key)", problem) }

  private func missing(_ key: String, _ example: String) -> RecipeError {
    RecipeError(path, "has no '\(key)'; give it, such as \(key): \(example).")
  }

  mutating func number(_ key: String, default standard: Double? = nil, example: String = "0.1") throws(RecipeError)
    -> Double
  {
    guard let value = value(key) else {
      guard let standard else { throw missing(key, example) }
      return standard
    }
    guard let number = value.asNumber, number.isFinite else {
      throw error(key, "is \(value.brief), but must be a number, such as \(example).")
    }
    return number
  }

  /// A number of at least 0.
  mutating func size(_ key: String, default standard: Double? = nil, example: String = "0.1") throws(RecipeError)
    -> Double
  {
    let number = try number(key, default: standard, example: example)
    guard number >= 0 else { throw error(key, "is \(number), but must be at least 0.") }
    return number
  }

  /// A number greater than 0.
  mutating func positive(_ key: String, default standard: Double? = nil, example: String = "1") throws(RecipeError)
    -> Double
  {
    let number = try number(key, default: standard, example: example)
    guard number > 0 else { throw error(key, "is \(number), but must be greater than 0.") }
    return number
  }

  /// The rate that the schedule begins with: that of the optimizer where it is not given.
  mutating func initialRate() throws(RecipeError) -> Double {
    try size("initial_learning_rate", default: rate, example: "0.01")
  }

  mutating func flag(_ key: String) throws(RecipeError) -> Bool {
    guard let value = value(key) else { return false }
    guard let flag = value.asBool else { throw error(key, "is \(value.brief), but must be true or false.") }
    return flag
  }

  mutating func word(_ key: String, default standard: String, among words: [String]? = nil) throws(RecipeError)
    -> String
  {
    guard let value = value(key) else { return standard }
    guard let word = value.asString else { throw error(key, "is \(value.brief), but must be text.") }
    guard words?.contains(word) != false else {
      throw error(key, "is '\(word)', but must be one of \(words!.joined(separator: ", ")).")
    }
    return word
  }

  /// A count of at least `least`.
  mutating func count(_ key: String, default standard: Int, least: Int = 0) throws(RecipeError) -> Int {
    guard let value = value(key) else { return standard }
    guard let count = value.asInteger, count >= least else {
      throw error(key, "is \(value.brief), but must be a whole number of at least \(least).")
    }
    return count
  }

  /// A length in steps, also one written as `2 epochs`; Keras takes fractions of a step too.
  mutating func steps(_ key: String, default standard: Double? = nil) throws(RecipeError) -> Double {
    guard let value = value(key) else {
      guard let standard else { throw missing(key, "1000") }
      return standard
    }
    return try steps(value, key, least: standard ?? .leastNonzeroMagnitude)
  }

  private func steps(_ value: JSONValue, _ key: String, least: Double) throws(RecipeError) -> Double {
    let steps = value.asNumber ?? value.asString.flatMap { Span($0) }.map { Double($0.steps(perEpoch: stepsPerEpoch)) }
    guard let steps, steps.isFinite, steps >= least else {
      throw error(key, "is \(value.brief), but must be a number of steps, such as 1000, or '2 epochs'.")
    }
    return steps
  }

  /// Lengths that grow.
  mutating func stepList(_ key: String) throws(RecipeError) -> [Double] {
    guard let list = value(key) else { throw missing(key, "[1000, 2000]") }
    guard let values = list.asArray, !values.isEmpty else {
      throw error(key, "is \(list.brief), but must be a list of steps, such as [1000, 2000].")
    }
    var steps: [Double] = []
    for value in values { steps.append(try self.steps(value, key, least: 0)) }
    // Steps beside epochs are compared by nobody: how long an epoch is, the data says.
    for index in values.indices.dropFirst() where (values[index].asString == nil) == (values[index - 1].asString == nil)
    {
      guard steps[index - 1] < steps[index] else { throw error(key, "must grow from one to the next.") }
    }
    return steps
  }

  mutating func numberList(_ key: String, count: Int) throws(RecipeError) -> [Double] {
    guard let list = value(key) else { throw missing(key, "[0.1, 0.01, 0.001]") }
    let numbers = (list.asArray ?? []).compactMap(\.asNumber).filter { $0 >= 0 && $0.isFinite }
    guard numbers.count == count, list.asArray?.count == count else {
      throw error(
        key, "is \(list.brief), but must be \(count) rates of at least 0: one more than there are boundaries.")
    }
    return numbers
  }

  /// Refuses arguments that the schedule does not have.
  mutating func requireAllRead() throws(RecipeError) {
    // Keras gives every schedule a name, which changes nothing.
    known.append("name")
    guard let key = Set(values.keys).subtracting(known).min() else { return }
    throw error(key, "is no argument of it\(known.dropLast().suggestion(for: key))")
  }
}
