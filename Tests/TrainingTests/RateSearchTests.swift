import Communication
import Foundation
import TestSupport
import Testing
import Training

@Suite(.serialized) struct RateSearchTests {
  @Test func theSteepestFallIsFound() throws {
    // Flat up to 1e-4, falling fastest at 1e-3, rising from 1e-1 on.
    let losses = (0..<100).map { step in
      let logarithm = -6 + 7 * Double(step) / 99
      let loss = 2.3 - 2 / (1 + exp(-6 * (logarithm + 3))) + (logarithm > -1 ? exp(4 * (logarithm + 1)) - 1 : 0)
      return (rate: pow(10, logarithm), loss: loss)
    }
    let search = RateSearch(losses)
    let steepest = try #require(search.steepest)
    // The running mean lags behind by some steps, each 17 % more.
    #expect(steepest > 1e-3 && steepest < 4e-3)
    let careful = try #require(search.careful)
    #expect(careful > 5e-3 && careful < 5e-2)
    #expect(search.isDiverged && search.points.count < 100)
  }

  @Test func aLossThatNeverFallsSuggestsNothing() {
    #expect(RateSearch((0..<50).map { (rate: pow(1.2, Double($0)), loss: 2 + 0.1 * Double($0)) }).steepest == nil)
    let broken = RateSearch([(1, 2), (2, .nan), (3, 1)])
    #expect(broken.isDiverged && broken.points.count == 1)
  }

  @Test func aSearchTrainsWithGrowingRatesAndSavesNothing() throws {
    var recipe = TrainingRun(model: "lenet5").recipe
    recipe.threads = .fixed(2)
    let search = try RateSearch(recipe, from: 1e-4, to: 100, steps: 60, communicator: SingleCommunicator())
    #expect(search.isDiverged)
    #expect(abs(search.points[0].rate - 1e-4) < 1e-9)
    let factor = pow(1e6, 1 / 59.0)
    #expect(zip(search.points, search.points.dropFirst()).allSatisfy { abs($0.1.rate / $0.0.rate / factor - 1) < 1e-4 })
    let steepest = try #require(search.steepest)
    #expect(steepest > 1e-3 && steepest < 1)
    #expect(
      try RateSearch(recipe, from: 1e-4, to: 100, steps: 60, communicator: SingleCommunicator()).points == search.points
    )
  }
}
