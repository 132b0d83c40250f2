package import Keras
import Networks

/// An optimizer of Keras's as a recipe says it, and back.
package struct KerasOptimizer: Sendable {
  /// The rate in it is nil where a schedule gives it.
  package var choice: OptimizerChoice
  package var schedule: KerasScheduleChoice?
  package var average: AverageChoice?
  /// What has no counterpart: for a sentence, such as `clipnorm`.
  package var leftOut: [String] = []

  /// Nil for an optimizer that Convoy does not have.
  package init?(_ object: CompileConfiguration.Object) {
    let names: [String: OptimizerChoice.Name] = ["sgd": .sgd, "adam": .adam, "adamw": .adamw, "rmsprop": .rmsprop]
    guard !object.isCustom, let name = names[object.className.lowercased()],
      object.arguments["amsgrad"] != true
    else { return nil }
    choice = OptimizerChoice()
    choice.name = name
    var reader = ArgumentReader(object.arguments)
    // Keras 2.2 and before called it so.
    let rate = reader.value("learning_rate") ?? reader.value("lr")
    setRate(rate ?? .null, decay: reader.number("decay") ?? 0)
    if let decay = reader.number("weight_decay"), decay > 0 {
      if name == .adam { choice.name = .adamw }
      choice.weightDecay = decay
      choice.decoupled = name == .sgd || name == .rmsprop
    } else if name == .adamw {
      choice.weightDecay = 0
    }
    choice.clipNorm = reader.number("global_clipnorm")
    choice.clipValue = reader.number("clipvalue")
    switch choice.name {
    case .sgd:
      choice.momentum = reader.number("momentum") ?? 0
      choice.nesterov = reader.flag("nesterov") && choice.momentum > 0
    case .adam, .adamw:
      choice.beta1 = reader.number("beta_1") ?? 0.9
      choice.beta2 = reader.number("beta_2") ?? 0.999
      choice.epsilon = reader.number("epsilon")
    case .rmsprop:
      choice.rho = reader.number("rho") ?? 0.9
      choice.momentum = reader.number("momentum") ?? 0
      choice.centered = reader.flag("centered")
      choice.epsilon = reader.number("epsilon")
    case .lars, .lamb: preconditionFailure("no optimizer of Keras's")
    }
    if reader.flag("use_ema") {
      average = AverageChoice(decay: reader.number("ema_momentum") ?? 0.99)
      (average!.evaluate, average!.save) = (.weights, .weights)
      if reader.number("ema_overwrite_frequency") != nil { leftOut.append("ema_overwrite_frequency") }
    }
    leftOut += reader.unreadKeys(except: [
      "name", "is_legacy_optimizer", "ema_momentum", "ema_overwrite_frequency", "gradient_accumulation_steps",
      "loss_scale_factor",
    ])
    for key in ["gradient_accumulation_steps", "loss_scale_factor"] {
      if let value = object.arguments[key], value != .null, value != 1 { leftOut.append(key) }
    }
  }

  /// - Parameter decay: Keras 1's and 2's, which divides the rate by 1 + decay * iterations.
  private mutating func setRate(_ value: JSONValue, decay: Double) {
    if let rate = value.asNumber {
      if decay > 0 {
        schedule = KerasScheduleChoice(
          className: InverseTimeDecay.kerasName,
          arguments: [
            "initial_learning_rate": .number(rate.shortened), "decay_steps": 1, "decay_rate": .number(decay.shortened),
          ])
      } else {
        choice.rate = rate.shortened
      }
      return
    }
    guard let object = CompileConfiguration.Object(schedule: value) else { return }
    let named = KerasScheduleChoice(className: object.className, arguments: object.arguments)
    if !object.isCustom, (try? named.make(rate: 0, stepsPerEpoch: 1)) != nil {
      schedule = named
    } else {
      leftOut.append("the schedule '\(object.className)'")
      choice.rate = object.arguments["initial_learning_rate"]?.asNumber?.shortened
    }
  }
}

/// Reads the arguments of an optimizer and remembers which were asked for.
private struct ArgumentReader {
  private let values: [String: JSONValue]
  private var known: Set<String> = []

  init(_ values: [String: JSONValue]) { self.values = values }

  mutating func value(_ key: String) -> JSONValue? {
    known.insert(key)
    return values[key].flatMap { $0 == .null ? nil : $0 }
  }

  mutating func number(_ key: String) -> Double? { value(key)?.asNumber?.shortened }

  mutating func flag(_ key: String) -> Bool { value(key)?.asBool ?? false }

  func unreadKeys(except others: Set<String>) -> [String] {
    values.filter { !known.contains($0.key) && !others.contains($0.key) && $0.value != .null && $0.value != false }
      .map(\.key).sorted()
  }
}

extension Double {
  /// `0.1` for 0.10000000149011612, which is how single precision holds it: the same number to an optimizer.
  fileprivate var shortened: Double {
    guard Double(Float(self)) == self else { return self }
    return Double("\(Float(self))") ?? self
  }
}
