import Kernels
import Networks
import Tensors
import TestSupport
import Testing

/// Properties of all losses.
@Suite struct LossTests {
  @Test func everyLossHasASample() { #expect(LossSamples.missing == []) }

  @Test(arguments: LossSamples.all) func keepsTheLayerContract(sample: LossSamples.Sample) throws {
    let isBoxes = sample.shape.channels == 4 && sample.shape.rank < 4
    try LayerContract.check(
      try sample.loss, inputs: sample.shape, try sample.targetShape, live: sample.live, values: sample.predictions,
      undifferentiated: [1: sample.target], step: isBoxes ? 5e-4 : 1e-3)
  }

  /// A loss has the same value whatever lies in its lane's neighbours: it follows from its image alone.
  private static let ofImages = LossSamples.all.filter { $0.arguments["denominator"] == nil }

  @Test(arguments: ofImages)
  func everyImageIsForItself(sample: LossSamples.Sample) throws {
    let whole = try LossRun(sample.loss, sample.shape)
    let inputs = whole.draw(sample, count: sample.live)
    let together = whole.run(inputs.predictions, inputs.targets)
    for lane in inputs.predictions.indices {
      let alone = whole.run([inputs.predictions[lane]], [inputs.targets[lane]])
      #expect(alone.losses[0] == together.losses[lane])
      #expect(alone.gradients[0] == together.gradients[lane])
    }
  }

  /// An image of weight 0 has no gradient, even where its loss is not finite.
  @Test(arguments: LossSamples.all) func imagesOfNoWeightHaveNoGradient(sample: LossSamples.Sample) throws {
    let run = try LossRun(sample.loss, sample.shape)
    let count = sample.shape.count
    let broken = [[Float](repeating: .nan, count: count), [Float](repeating: .infinity, count: count)]
    let targetCount = try sample.targetShape.count
    let result = run.run(broken, broken.map { Array($0.prefix(targetCount)) }, factors: [0, 0])
    #expect(result.gradients.allSatisfy { $0.allSatisfy { $0 == 0 } })
  }

  /// What a diverged network predicts must not look like a loss.
  @Test(arguments: ofImages) func keepsNaN(sample: LossSamples.Sample) throws {
    let run = try LossRun(sample.loss, sample.shape)
    var inputs = run.draw(sample, count: 2)
    inputs.predictions[1] = inputs.predictions[1].map { _ in .nan }
    let losses = run.run(inputs.predictions, inputs.targets).losses
    #expect(losses[0].isFinite && losses[1].isNaN)
  }

  /// Zeros, ones, huge numbers, predictions that are their targets: finite, but where Keras's formula has no value.
  @Test(arguments: LossSamples.all) func edgesAreFinite(sample: LossSamples.Sample) throws {
    let run = try LossRun(sample.loss, sample.shape)
    let isOfLogits = sample.arguments["from_logits"] == true
    let values: [Float] = isOfLogits ? [0, 1, 1e4, -1e4] : [0, 1]
    for value in values {
      for target in [Float(0), 1] {
        let result = run.run(
          [[Float](repeating: value, count: sample.shape.count)],
          [[Float](repeating: target, count: try sample.targetShape.count)])
        #expect(result.losses[0].isFinite, "\(value) against \(target): \(result.losses[0])")
        #expect(result.gradients[0].allSatisfy { $0.isFinite }, "\(value) against \(target)")
      }
    }
  }

  /// Probabilities or what makes them: the same loss and, through the activation, the same gradient.
  @Test(arguments: LossSamples.all) func absorbsItsActivation(sample: LossSamples.Sample) throws {
    let loss = try sample.loss
    for activation in [ActivationFunction.softmax, .sigmoid] {
      guard let absorbed = loss.absorbing(activation) else { continue }
      #expect(absorbed.absorbing(activation) == nil)
      let run = try LossRun(loss, sample.shape, behind: activation)
      let whole = try LossRun(absorbed, sample.shape)
      let inputs = whole.draw(sample, count: sample.live, predictions: .smooth)
      let wanted = run.run(inputs.predictions, inputs.targets)
      let result = whole.run(inputs.predictions, inputs.targets)
      for lane in wanted.losses.indices {
        #expect(abs(result.losses[lane] - wanted.losses[lane]) <= 2e-6 * (1 + abs(wanted.losses[lane])))
        for (slope, other) in zip(result.gradients[lane], wanted.gradients[lane]) {
          #expect(abs(slope - other) <= 1e-5)
        }
      }
      // Where the activation rounds to 0 and 1, the logits still tell how wrong a prediction is.
      let count = sample.shape.count
      let wrong = (0..<count).map { $0 % 2 == 0 ? Float(0) : 1 }
      // Where targets are class numbers, one of the classes with the low logit.
      let targets = try sample.targetShape.count == count ? wrong : Array(repeating: 3, count: sample.targetShape.count)
      let far = whole.run([wrong.map { 200 - 400 * $0 }], [targets])
      #expect(far.losses[0].isFinite && far.losses[0] > 10 && far.gradients[0].allSatisfy(\.isFinite))
    }
  }

  @Test func onlyItsOwnActivationIsAbsorbed() throws {
    for name in LossRegistry.names {
      let loss = try LossRegistry.loss(.string(name))
      #expect(loss.absorbing(.relu) == nil && loss.absorbing(.linear) == nil)
      #expect(loss.absorbing(.softmax) == nil || loss.absorbing(.sigmoid) == nil)
    }
  }
}
