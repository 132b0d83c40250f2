import Foundation
import Networks

/// The learning rate of every step: a pure function of the step and, with `ReduceLROnPlateau`, of the epochs so far.
///
/// Keras's schedules are functions of the optimizer's steps. What follows are those of a course: of the whole run, or
/// of a phase.
///
/// Warm-up of w steps: `rate * (step + 1) / w`. After it, with n steps in all and p = (step - w) / (n - w): constant
/// `rate`; cosine `rate * (1 + cos(pi p)) / 2` (Loshchilov and Hutter, "SGDR", 2017, without restarts); step `rate *
/// factor^floor(step / every)`; polynomial `end + (rate - end) (1 - p)^power`.
///
/// One cycle (Smith and Topin, "Super-convergence", 2019), as PyTorch has it: along half a cosine from `rate /
/// startFactor` at step 0 to `rate` at step `peakAt * n - 1`, then along another to `rate / startFactor / endFactor` at
/// the last step.
public struct Schedule: Sendable {
  private let choice: ScheduleChoice
  private let rate: Double
  private let warmup: Int
  private let total: Int
  private let stepsPerEpoch: Int
  private let every: Int
  private let named: (any LearningRateSchedule)?
  /// Steps that the optimizer had made before the first one.
  private let iterations: Int
  /// What lowers the rate when a score does not improve; nil where nothing does.
  public let plateau: ReduceLROnPlateau?

  /// - Parameters:
  ///   - choice: valid.
  ///   - steps: of the whole course of the rate.
  ///   - iterations: steps that the optimizer had made before the first one.
  public init(_ choice: ScheduleChoice, rate: Double, stepsPerEpoch: Int, steps: Int, iterations: Int = 0) {
    (self.choice, self.rate, self.stepsPerEpoch, self.iterations) = (choice, rate, stepsPerEpoch, iterations)
    do {
      (named, plateau) = try choice.keras?.make(rate: rate, stepsPerEpoch: stepsPerEpoch) ?? (nil, nil)
    } catch {
      preconditionFailure("the recipe has been validated: \(error)")
    }
    warmup = choice.warmup.steps(perEpoch: stepsPerEpoch)
    every = max(1, choice.every.steps(perEpoch: stepsPerEpoch))
    total = steps
  }

  public func rate(at step: Int) -> Float {
    if let named { return Float(named.rate(at: step + iterations)) }
    if step < warmup { return Float(rate * Double(step + 1) / Double(warmup)) }
    let progress = min(1, Double(step - warmup) / Double(max(1, total - warmup)))
    return switch choice.name {
    case .constant: Float(rate)
    case .cosine: Float(Schedule.halfCosine(from: rate, to: 0, at: progress))
    case .step: Float(rate * pow(choice.factor, Double(step / every)))
    case .polynomial: Float(choice.end + (rate - choice.end) * pow(1 - progress, choice.power))
    case .oneCycle: Float(cycle(at: step))
    }
  }

  /// The same rates as Keras's optimizers give them; nil where no schedule of Keras's does.
  ///
  /// - Parameter offset: steps that the optimizer had made before the first one of the course.
  func kerasRate(after offset: Int) -> JSONValue? {
    guard choice.keras == nil ? offset == 0 || choice == ScheduleChoice() : offset == iterations else { return nil }
    return choice.kerasRate(rate: rate, stepsPerEpoch: stepsPerEpoch, steps: total)
  }

  private func cycle(at step: Int) -> Double {
    let start = rate / choice.startFactor
    let last = Double(total - 1)
    let peak = min(max(0, choice.peakAt * Double(total) - 1), last)
    if Double(step) < peak { return Schedule.halfCosine(from: start, to: rate, at: Double(step) / peak) }
    let progress = last > peak ? min(1, (Double(step) - peak) / (last - peak)) : 0
    return Schedule.halfCosine(from: rate, to: start / choice.endFactor, at: progress)
  }

  /// From one rate to another as `progress` goes from 0 to 1.
  private static func halfCosine(from first: Double, to last: Double, at progress: Double) -> Double {
    last + (first - last) * (1 + cos(.pi * progress)) / 2
  }
}
