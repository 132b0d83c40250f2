package import Keras
package import Networks

extension OptimizerChoice {
  /// The optimizer as Keras's; nil where Keras has none like it.
  ///
  /// - Parameters:
  ///   - rate: a number, or a schedule of Keras's.
  ///   - average: of the weights, where one is kept.
  package func kerasObject(rate: JSONValue, average: AverageChoice?) -> CompileConfiguration.Object? {
    var arguments: [String: JSONValue] = ["learning_rate": rate]
    let className: String
    switch name {
    case .sgd:
      className = "SGD"
      arguments["momentum"] = .number(momentum)
      arguments["nesterov"] = .bool(nesterov)
    case .adam, .adamw:
      className = name == .adam ? "Adam" : "AdamW"
      arguments["beta_1"] = .number(beta1)
      arguments["beta_2"] = .number(beta2)
      arguments["epsilon"] = .number(epsilon ?? 1e-7)
    case .rmsprop:
      className = "RMSprop"
      arguments["rho"] = .number(rho)
      arguments["momentum"] = .number(momentum)
      arguments["centered"] = .bool(centered)
      arguments["epsilon"] = .number(epsilon ?? 1e-7)
    case .lars, .lamb: return nil
    }
    if name == .adamw { arguments["weight_decay"] = .number(weightDecay ?? 0.004) }
    if decoupled, let weightDecay { arguments["weight_decay"] = .number(weightDecay) }
    if let clipNorm { arguments["global_clipnorm"] = .number(clipNorm) }
    // Keras takes one of the two.
    if let clipValue, clipNorm == nil { arguments["clipvalue"] = .number(clipValue) }
    if let average {
      arguments["use_ema"] = true
      arguments["ema_momentum"] = .number(average.decay)
      // Keras 2's standard for RMSprop would overwrite the weights every 100 steps.
      arguments["ema_overwrite_frequency"] = .null
    }
    return CompileConfiguration.Object(className, arguments)
  }

  /// What a training of Keras's leaves out of this optimizer; nil for nothing.
  package var unknownToKeras: String? {
    if name == .lars || name == .lamb { return "the optimizer '\(name.rawValue)'" }
    if clipNorm != nil, clipValue != nil { return "'optimizer.clipValue' beside 'optimizer.clipNorm'" }
    let isCoupled = name != .adamw && !decoupled && (weightDecay ?? 0) > 0
    return isCoupled ? "'optimizer.weightDecay', which is part of the gradient here" : nil
  }
}

extension ScheduleChoice {
  /// The learning rate as Keras's optimizers take it, a number or a schedule; nil where Keras has none like it.
  ///
  /// - Parameters:
  ///   - rate: that the schedule begins with.
  ///   - steps: of the whole course.
  func kerasRate(rate: Double, stepsPerEpoch: Int, steps: Int) -> JSONValue? {
    let begin = JSONValue.number(rate)
    if let keras {
      guard keras.className != ReduceLROnPlateau.kerasName else { return nil }
      var arguments = keras.settled(stepsPerEpoch: stepsPerEpoch)
      if keras.className != PiecewiseConstantDecay.kerasName, !keras.hasRate {
        arguments["initial_learning_rate"] = begin
      }
      return CompileConfiguration.Object(keras.className, arguments).asSchedule
    }
    guard warmup.steps(perEpoch: 1) == 0 else { return nil }
    let className: String
    var arguments: [String: JSONValue] = ["initial_learning_rate": begin, "decay_steps": .integer(steps)]
    switch name {
    case .constant: return begin
    case .oneCycle: return nil
    case .cosine: className = CosineDecay.kerasName
    case .step:
      className = ExponentialDecay.kerasName
      arguments["decay_steps"] = .integer(every.steps(perEpoch: stepsPerEpoch))
      (arguments["decay_rate"], arguments["staircase"]) = (.number(factor), true)
    case .polynomial:
      className = PolynomialDecay.kerasName
      (arguments["end_learning_rate"], arguments["power"]) = (.number(end), .number(power))
    }
    return CompileConfiguration.Object(className, arguments).asSchedule
  }
}

extension KerasScheduleChoice {
  /// The arguments as Keras takes them: lengths in steps, other numbers with a fraction.
  func settled(stepsPerEpoch: Int) -> [String: JSONValue] {
    func settled(_ value: JSONValue, isLength: Bool) -> JSONValue {
      switch value {
      case .string(let text): Span(text).map { .integer($0.steps(perEpoch: stepsPerEpoch)) } ?? value
      case .array(let values): .array(values.map { settled($0, isLength: isLength) })
      case .integer(let number): isLength ? value : .number(Double(number))
      default: value
      }
    }
    let lengths: Set = ["decay_steps", "first_decay_steps", "warmup_steps", "boundaries"]
    return Dictionary(
      uniqueKeysWithValues: arguments.map { ($0, settled($1, isLength: lengths.contains($0))) })
  }
}
