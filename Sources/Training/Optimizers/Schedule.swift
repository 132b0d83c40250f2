import Foundation

/// The learning rate of every step: a pure function of the step.
///
/// Warm-up of w steps: `rate * (step + 1) / w`. After it, with n steps in all and p = (step - w) / (n - w): constant `rate`; cosine
/// `rate * (1 + cos(pi p)) / 2` (Loshchilov and Hutter, "SGDR", 2017, without restarts); step `rate * factor^floor(step / every)`.
public struct Schedule: Sendable {
  private let name: ScheduleChoice.Name
  private let rate: Double
  private let warmup: Int
  private let total: Int
  private let every: Int
  private let factor: Double

  public init(_ choice: ScheduleChoice, rate: Double, stepsPerEpoch: Int, epochs: Int) {
    (name, factor, self.rate) = (choice.name, choice.factor, rate)
    warmup = choice.warmup.steps(perEpoch: stepsPerEpoch)
    every = max(1, choice.every.steps(perEpoch: stepsPerEpoch))
    total = epochs * stepsPerEpoch
  }

  public func rate(at step: Int) -> Float {
    if step < warmup { return Float(rate * Double(step + 1) / Double(warmup)) }
    switch name {
    case .constant: return Float(rate)
    case .cosine:
      let progress = min(1, Double(step - warmup) / Double(max(1, total - warmup)))
      return Float(rate * (1 + cos(.pi * progress)) / 2)
    case .step: return Float(rate * pow(factor, Double(step / every)))
    }
  }
}
