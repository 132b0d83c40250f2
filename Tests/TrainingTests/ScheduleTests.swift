import Foundation
import Testing
import Training

/// Learning rates at the places where their formulas are known.
struct ScheduleTests {
  private func rates(_ name: ScheduleChoice.Name, _ change: (inout ScheduleChoice) -> Void = { _ in }) -> [Double] {
    var choice = ScheduleChoice()
    choice.name = name
    change(&choice)
    let schedule = Schedule(choice, rate: 2, stepsPerEpoch: 10, steps: 100)
    return (0..<100).map { Double(schedule.rate(at: $0)) }
  }

  private func expect(_ rate: Double, _ wanted: Double, at step: Int) {
    #expect(abs(rate - wanted) <= 1e-6 * abs(wanted) + 1e-12, "step \(step): \(rate) instead of \(wanted)")
  }

  @Test(arguments: ScheduleChoice.Name.allCases.filter { $0 != .oneCycle })
  func warmupRisesToTheRate(name: ScheduleChoice.Name) {
    let rates = rates(name) { $0.warmup = .epochs(1) }
    for step in 0..<10 { expect(rates[step], 2 * Double(step + 1) / 10, at: step) }
    expect(rates[10], 2, at: 10)
  }

  @Test func cosineAndStepFall() {
    let cosine = rates(.cosine)
    for step in [0, 25, 50, 99] { expect(cosine[step], 1 + cos(.pi * Double(step) / 100), at: step) }
    let stepwise = rates(.step) { ($0.every, $0.factor) = (.epochs(3), 0.1) }
    for (step, wanted) in [(29, 2), (30, 0.2), (59, 0.2), (60, 0.02), (99, 0.002)] {
      expect(stepwise[step], wanted, at: step)
    }
    #expect(rates(.constant).allSatisfy { $0 == 2 })
  }

  @Test func polynomialEndsWhereItIsTold() {
    let rates = rates(.polynomial) { ($0.power, $0.end, $0.warmup) = (2, 0.5, .steps(20)) }
    expect(rates[20], 2, at: 20)
    expect(rates[60], 0.5 + 1.5 * 0.25, at: 60)
    expect(rates[99], 0.5 + 1.5 / 80 / 80, at: 99)
  }

  /// The values of `torch.optim.lr_scheduler.OneCycleLR(max_lr=2, total_steps=100)`.
  @Test func oneCycleIsPyTorchs() {
    let rates = rates(.oneCycle)
    for (step, wanted) in [
      (0, 0.08), (10, 0.5903278969282015), (29, 2), (50, 1.587786901151464), (99, 8e-6),
    ] { expect(rates[step], wanted, at: step) }
  }

  @Test func oneCycleOfOneStepIsFinite() {
    var choice = ScheduleChoice()
    choice.name = .oneCycle
    #expect(Schedule(choice, rate: 1, stepsPerEpoch: 1, steps: 1).rate(at: 0) == 1)
  }
}
