import Kernels
import Tensors
import Testing

@Suite struct WeightUpdateTests {
  static let decays: [WeightDecay] = [.none, .coupled(0.1), .decoupled(0.2)]
  static let counts = [0, 1, 15, 16, 37]

  @Test(arguments: counts, decays)
  func descentAgreesWithTwin(count: Int, decay: WeightDecay) {
    for (momentum, nesterov) in [(Float(0), false), (0.9, false), (0.9, true)] {
      let weights = Buffer(randoms(count, seed: 61))
      let velocity = momentum == 0 ? nil : Buffer(count: count)
      var twins = weights.doubles.map { ReferenceUpdate(weight: $0, rate: Double(Float(0.05)), decay: decay) }
      for step in 1...3 {
        let gradients = Buffer(randoms(count, seed: 61 + step))
        WeightUpdate.descend(
          weights, gradients: gradients, velocity: velocity, rate: 0.05, momentum: momentum, nesterov: nesterov,
          decay: decay)
        for index in 0..<count {
          twins[index].descend(Double(gradients[index]), momentum: Double(momentum), nesterov: nesterov)
        }
      }
      expectEqual(weights, twins.map(\.weight), tolerance: 1e-6)
      if let velocity { expectEqual(velocity, twins.map(\.first), tolerance: 1e-6) }
    }
  }

  @Test(arguments: counts, decays)
  func adamAgreesWithTwin(count: Int, decay: WeightDecay) {
    let weights = Buffer(randoms(count, seed: 71))
    let mean = Buffer(count: count)
    let square = Buffer(count: count)
    var twins = weights.doubles.map { ReferenceUpdate(weight: $0, rate: Double(Float(0.01)), decay: decay) }
    for step in 1...4 {
      let gradients = Buffer(randoms(count, seed: 71 + step, deviation: 0.01))
      WeightUpdate.adam(weights, gradients: gradients, mean: mean, square: square, rate: 0.01, step: step, decay: decay)
      for index in 0..<count {
        twins[index].adam(
          Double(gradients[index]), beta1: Double(Float(0.9)), beta2: Double(Float(0.999)), epsilon: 1e-7, step: step)
      }
    }
    expectEqual(weights, twins.map(\.weight), tolerance: 2e-6)
    expectEqual(mean, twins.map(\.first), tolerance: 1e-6)
    expectEqual(square, twins.map(\.second), tolerance: 1e-6)
  }

  @Test(arguments: counts, decays)
  func rmspropAgreesWithTwin(count: Int, decay: WeightDecay) {
    for (momentum, isCentered) in [(Float(0), false), (0.8, false), (0, true), (0.8, true)] {
      let weights = Buffer(randoms(count, seed: 75))
      let slots = (0..<3).map { _ in Buffer(count: count) }
      var twins = weights.doubles.map { ReferenceUpdate(weight: $0, rate: Double(Float(0.01)), decay: decay) }
      for step in 1...3 {
        let gradients = Buffer(randoms(count, seed: 75 + step))
        WeightUpdate.rmsprop(
          weights, gradients: gradients, square: slots[0], velocity: momentum == 0 ? nil : slots[1],
          average: isCentered ? slots[2] : nil, rate: 0.01, momentum: momentum, decay: decay)
        for index in 0..<count {
          twins[index].rmsprop(
            Double(gradients[index]), rho: Double(Float(0.9)), momentum: Double(momentum), epsilon: 1e-7,
            isCentered: isCentered)
        }
      }
      expectEqual(weights, twins.map(\.weight), tolerance: 1e-5)
      expectEqual(slots[0], twins.map(\.second), tolerance: 1e-6)
      if isCentered { expectEqual(slots[2], twins.map(\.third), tolerance: 1e-6) }
    }
  }

  @Test(arguments: counts)
  func lambDirectionAgreesWithTwin(count: Int) {
    let weights = Buffer(randoms(count, seed: 78))
    let (mean, square) = (Buffer(count: count), Buffer(count: count))
    var twins = weights.doubles.map { ReferenceUpdate(weight: $0, rate: 0, decay: .none) }
    for step in 1...3 {
      let gradients = Buffer(randoms(count, seed: 78 + step))
      let directions = zip(gradients.doubles, twins.indices).map { gradient, index in
        twins[index].lambDirection(
          gradient, beta1: Double(Float(0.9)), beta2: Double(Float(0.999)), epsilon: 1e-6, step: step, decay: 0.25)
      }
      WeightUpdate.lambDirection(
        weights, gradients: gradients, mean: mean, square: square, beta1: 0.9, beta2: 0.999, epsilon: 1e-6, step: step,
        decay: 0.25)
      expectEqual(gradients, directions, tolerance: 1e-5)
    }
  }

  @Test(arguments: counts)
  func scalesAndClamps(count: Int) {
    let values = randoms(count, seed: 79)
    let buffer = Buffer(values)
    buffer.scale(by: 3)
    #expect(buffer.values == values.map { $0 * 3 })
    buffer.clamp(to: 0.5)
    #expect(buffer.values == values.map { min(max($0 * 3, -0.5), 0.5) })
    if count > 0 {
      buffer[count - 1] = .nan
      buffer.clamp(to: 0.5)
      #expect(buffer[count - 1].isNaN)
    }
  }

  @Test(arguments: counts, [(Float(0), Float(0)), (0.3, 0), (0, 0.2), (0.3, 0.2)])
  func penaltyAgreesWithTwin(count: Int, factors: (l1: Float, l2: Float)) {
    var values = randoms(count, seed: 91)
    // Where the magnitude has no derivative it counts as 0.
    for index in stride(from: 0, to: count, by: 3) { values[index] = index % 2 == 0 ? 0 : -0.0 }
    let weights = Buffer(values)
    let gradients = Buffer(randoms(count, seed: 92))
    let twins = zip(weights.doubles, gradients.doubles).map { weight, gradient in
      ReferenceUpdate(weight: weight, rate: 1, decay: .none)
        .penalized(gradient, l1: Double(factors.l1), l2: Double(factors.l2))
    }
    let parts = Buffer(gradients.values)
    gradients.addPenalty(of: weights, l1: factors.l1, l2: factors.l2)
    expectEqual(gradients, twins, tolerance: 1e-6)
    #expect(weights.values == values)
    // Any part gets the same bits.
    for cut in [0..<count / 3, count / 3..<count] {
      parts[cut].addPenalty(of: weights[cut], l1: factors.l1, l2: factors.l2)
    }
    #expect(parts.values == gradients.values)
  }

  @Test(arguments: [0, 1, 15, 16, 33, 100_003])
  func arithmetic(count: Int) {
    let values = randoms(count, seed: 81)
    let others = randoms(count, seed: 82)
    let buffer = Buffer(values)
    let squares = values.reduce(0.0) { $0 + Double($1) * Double($1) }
    let magnitudes = values.reduce(0.0) { $0 + Double(abs($1)) }
    #expect(abs(buffer.sumOfMagnitudes - magnitudes) <= 1e-12 * (1 + magnitudes))
    #expect(abs(buffer.sumOfSquares - squares) <= 1e-12 * (1 + squares))
    buffer.add(Buffer(others))
    #expect(buffer.values == zip(values, others).map { $0 + $1 })
  }

  @Test func findsNumbersThatAreNotFinite() {
    for count in [1, 16, 37] {
      let buffer = Buffer(Array(repeating: Float.greatestFiniteMagnitude, count: count))
      #expect(buffer.isFinite)
      for bad in [Float.nan, .infinity, -.infinity] {
        for place in [0, count / 2, count - 1] {
          buffer[place] = bad
          #expect(!buffer.isFinite)
          buffer[place] = 0
        }
      }
    }
    #expect(Buffer.empty.isFinite)
  }
}
