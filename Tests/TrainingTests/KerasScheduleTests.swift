import Foundation
import HDF5
import Keras
import Networks
import Testing
import Training

/// Learning rates beside those that Keras computed, and what is said of arguments that are wrong.
struct KerasScheduleTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../Fixtures/keras/schedules").standardized.path

  private static func root() throws -> Group { try File(reading: "\(folder)/golden.h5").root }

  private static let cases: [String] = {
    guard let root = try? root(), let names = try? root.group("schedules").names() else { return [] }
    return names.flatMap { name in (try? root.group("schedules/\(name)").names().map { "\(name)/\($0)" }) ?? [] }
  }()

  private func arguments(_ attributes: Attributes) throws -> [String: JSONValue] {
    let value = try JSONValue(parsing: attributes.string("arguments"), called: "the arguments")
    return try #require(value.asObject)
  }

  @Test func everyScheduleIsCompared() {
    let names = Set(KerasScheduleTests.cases.map { String($0.prefix { $0 != "/" }) })
    #expect(names == Set(ScheduleRegistry.all.map { $0.kerasName }))
  }

  @Test(arguments: cases) func ratesAreThoseOfKeras(_ path: String) throws {
    let dataset = try KerasScheduleTests.root().dataset("schedules/\(path)")
    let wanted: [Float] = try dataset.read()
    let keras = try KerasScheduleChoice(
      className: String(path.prefix { $0 != "/" }), arguments: arguments(dataset.attributes))
    let schedule = Schedule(ScheduleChoice(keras: keras), rate: 7, stepsPerEpoch: 10, steps: 5)
    #expect(wanted.count == 1000)
    // Keras computes in single precision: near a zero of the cosine its error is absolute.
    for (step, wanted) in wanted.enumerated() {
      let rate = schedule.rate(at: step)
      #expect(abs(rate - wanted) <= 2e-6 * wanted + 2e-8, "step \(step): \(rate) instead of \(wanted)")
    }
    // The optimizer's steps count, wherever the run begins.
    let later = Schedule(ScheduleChoice(keras: keras), rate: 7, stepsPerEpoch: 10, steps: 5, iterations: 300)
    #expect((0..<700).allSatisfy { later.rate(at: $0) == schedule.rate(at: $0 + 300) })
  }

  @Test(arguments: 0..<5) func plateausAreThoseOfKeras(_ index: Int) throws {
    let group = try KerasScheduleTests.root().group("plateaus/\(index)")
    let keras = try KerasScheduleChoice(className: "ReduceLROnPlateau", arguments: arguments(group.attributes))
    let schedule = Schedule(ScheduleChoice(keras: keras), rate: 0.1, stepsPerEpoch: 10, steps: 5)
    let plateau = try #require(schedule.plateau)
    let scores: [Double] = try group.dataset("scores").read()
    let wanted: [Float] = try group.dataset("rates").read()
    for epoch in scores.indices {
      let rate = Float(plateau.rate(from: Double(Float(0.1)), after: scores[...epoch]))
      #expect(rate == wanted[epoch], "epoch \(epoch)")
    }
    #expect(Set(wanted).count > 2)
  }

  @Test func ratesAndLengthsAreThoseOfTheRecipe() throws {
    let keras = KerasScheduleChoice(
      className: "ExponentialDecay", arguments: ["decay_steps": "2 epochs", "decay_rate": 0.5, "staircase": true])
    let schedule = Schedule(ScheduleChoice(keras: keras), rate: 0.25, stepsPerEpoch: 10, steps: 5)
    #expect(schedule.rate(at: 19) == 0.25 && schedule.rate(at: 20) == 0.125)
  }

  @Test(arguments: [
    ("ExponentialDecay", #"{"decay_rate": 0.5}"#, "has no 'decay_steps'"),
    ("ExponentialDecay", #"{"decay_steps": 0, "decay_rate": 0.5}"#, "must be a number of steps"),
    ("ExponentialDecay", #"{"decay_steps": 9, "decay_rate": 0.5, "stair_case": true}"#, "did you mean 'staircase'?"),
    ("PiecewiseConstantDecay", #"{"boundaries": [9, 5], "values": [1, 2, 3]}"#, "must grow"),
    ("PiecewiseConstantDecay", #"{"boundaries": [5, 9], "values": [1, 2]}"#, "must be 3 rates"),
    ("CosineDecay", #"{"decay_steps": 9, "alpha": -1}"#, "must be at least 0"),
    ("CosineDecayRestarts", #"{"first_decay_steps": 9, "t_mul": 0}"#, "must be greater than 0"),
    ("PolynomialDecay", #"{"decay_steps": 9, "cycle": 1}"#, "must be true or false"),
    ("InverseTimeDecay", #"{"decay_steps": "soon", "decay_rate": 1}"#, "must be a number of steps"),
    ("ReduceLROnPlateau", #"{"factor": 1}"#, "must be below 1"),
    ("ReduceLROnPlateau", #"{"mode": "low"}"#, "must be one of auto, min, max"),
    ("ReduceLROnPlateau", #"{"monitor": "val_loss"}"#, "there is no validation data"),
    ("Cosine", "{}", "known are CosineDecay"),
    ("CosineDecay", #"{"decay_steps": 9, "initial_learning_rate": 1}"#, "says itself which rate it begins with"),
  ]) func wrongArgumentsAreNamed(_ name: String, _ text: String, _ problem: String) throws {
    var recipe = Recipe(model: .named("lenet5"), data: DataChoice(train: "x"))
    recipe.optimizer.rate = 0.1
    let arguments = try #require(JSONValue(parsing: text, called: "the arguments").asObject)
    recipe.schedule = ScheduleChoice(keras: KerasScheduleChoice(className: name, arguments: arguments))
    #expect { try recipe.validate() } throws: { "\($0)".contains(problem) && "\($0)".contains("schedule") }
  }
}
