import Kernels
import Tensors
import Testing

/// Losses against their slow twins, over shapes, borders and partly filled shards.
@Suite struct LossKernelTests {
  private static let elementLosses: [ElementLoss] = [
    .squaredError, .absoluteError, .percentageError, .logarithmicError, .huber(delta: 0.5), .logCosh, .poisson,
    .divergence, .hinge, .squaredHinge,
    .binary(.init(isLogit: false)), .binary(.init(isLogit: false, smoothing: 0.2)), .binary(.init(isLogit: true)),
    .binary(weighted(.init(isLogit: true, smoothing: 0.2))), .binary(weighted(.init(isLogit: false))),
    .binaryFocal(.init(isLogit: false), .init(gamma: 2, positive: 0.25, negative: 0.75)),
    .binaryFocal(.init(isLogit: false, smoothing: 0.1), .init(gamma: 0.5)),
    .binaryFocal(.init(isLogit: true), .init(gamma: 2)),
    .binaryFocal(weighted(.init(isLogit: true, smoothing: 0.1)), .init(gamma: 1.5, positive: 2)),
  ]

  private static func weighted(_ binary: ElementLoss.Binary) -> ElementLoss.Binary {
    var copy = binary
    (copy.weightOfZero, copy.weightOfOne) = (0.5, 3)
    return copy
  }

  private static let classLosses: [ClassLoss] = [
    .crossEntropy(isLogit: false), .crossEntropy(isLogit: true), .focal(gamma: 2, isLogit: false),
    .focal(gamma: 1.5, isLogit: true), .cosine, .categoricalHinge,
  ]

  private static let boxLosses: [BoxLoss] = [.iou, .giou, .diou, .ciou]

  /// A trial of the kernels: huge numbers in dead lanes, NaN around the images.
  private struct Trial {
    let fixture: Fixture
    let predictions: Tensor, target: Tensor, factors: Tensor, gradient: Tensor
    let losses: LaneNumbers

    init(_ fixture: Fixture, predictions: Tensor, target: Tensor) {
      (self.fixture, self.predictions, self.target) = (fixture, predictions, target)
      factors = Tensor([1], lanes: fixture.lanes)
      for lane in 0..<fixture.live { factors.setSample(lane, [0.25 + Float(lane % 3)]) }
      gradient = fixture.output(border: Border(top: 1, left: 2))
      losses = LaneNumbers(lanes: fixture.lanes)
      for lane in 0..<fixture.lanes { losses[lane] = .nan }
    }

    func expectEqual(
      _ definition: ReferenceLoss.Definition, scale: Double, _ label: String,
      group: (_ depth: Int, _ height: Int, _ width: Int, _ channel: Int) -> [Int]
    ) {
      let wanted = ReferenceLoss.run(
        definition, ReferenceTensor(predictions), target: ReferenceTensor(target), live: fixture.live,
        factors: (0..<fixture.lanes).map { Double(factors.sample($0)[0]) * scale }, group: group)
      for lane in 0..<fixture.lanes {
        let loss = lane < fixture.live ? wanted.losses[lane] * scale : 0
        #expect(abs(losses[lane] - loss) <= 1e-6 * (1 + abs(loss)), "\(label), lane \(lane) of \(fixture)")
      }
      KernelsTests.expectEqual(gradient, wanted.gradient, live: fixture.live, tolerance: 4e-6, dead: .zero)
    }
  }

  @Test(arguments: Fixture.all, elementLosses) func elements(fixture: Fixture, loss: ElementLoss) {
    let isOfReals: Bool
    switch loss {
    case .logarithmicError, .poisson, .divergence: isOfReals = false
    case .binary(let binary), .binaryFocal(let binary, _): isOfReals = binary.isLogit
    default: isOfReals = true
    }
    for isBinary in [false, true] {
      let trial = Trial(
        fixture,
        predictions: isOfReals
          ? fixture.activations(seed: 1) : fixture.tensor(seed: 1, dead: 1e30) { 0.05 + 0.9 * $0.uniform() },
        target: fixture.tensor(seed: 2, dead: -1e30) {
          isBinary ? Float($0.integer(below: 2)) : 0.1 + 0.8 * $0.uniform()
        })
      loss.measure(trial.predictions, target: trial.target, live: fixture.live, divisor: 2, into: trial.losses)
      loss.differentiate(
        trial.predictions, target: trial.target, factors: trial.factors, divisor: 2, into: trial.gradient)
      trial.expectEqual(ReferenceLoss.definition(loss), scale: 0.5, "\(loss)") { _, _, _, _ in [] }
    }
  }

  @Test(arguments: Fixture.all, classLosses) func classes(fixture: Fixture, loss: ClassLoss) {
    let isOfProbabilities = loss == .crossEntropy(isLogit: false) || loss == .focal(gamma: 2, isLogit: false)
    for axis in 0..<fixture.shape.rank {
      let trial = Trial(
        fixture,
        predictions: isOfProbabilities
          ? fixture.tensor(seed: 1, dead: 1e30) { 0.05 + 0.9 * $0.uniform() } : fixture.activations(seed: 1),
        target: fixture.tensor(seed: 2, dead: -1e30) { $0.uniform() })
      var classes = ClassLoss.Classes(axis: axis)
      let size = fixture.shape.dimensions[fixture.shape.rank - 1 - axis]
      // Only cross-entropies smooth their targets.
      let isEntropy = loss != .cosine && loss != .categoricalHinge
      (classes.targetScale, classes.targetOffset) = isEntropy ? (0.75, 0.125) : (1, 0)
      classes.weights = Buffer((0..<size).map { Float(ReferenceLoss.weight($0).value) })
      loss.measure(
        trial.predictions, target: trial.target, classes: classes, live: fixture.live, divisor: 2, into: trial.losses)
      loss.differentiate(
        trial.predictions, target: trial.target, classes: classes, factors: trial.factors, divisor: 2,
        into: trial.gradient)
      let definition = ReferenceLoss.definition(
        loss, targetScale: Double(classes.targetScale), targetOffset: Double(classes.targetOffset))
      trial.expectEqual(definition, scale: 0.5, "\(loss) along \(axis)") { depth, height, width, channel in
        [axis == 3 ? 0 : depth, axis == 2 ? 0 : height, axis == 1 ? 0 : width, axis == 0 ? 0 : channel]
      }
    }
  }

  @Test(arguments: Fixture.all, [OverlapLoss.dice, .tversky(alpha: 0.3, beta: 0.8)])
  func overlaps(fixture: Fixture, loss: OverlapLoss) {
    for rawValue in 1..<16 {
      let axes = OverlapLoss.Axes(rawValue: rawValue)
      let trial = Trial(
        fixture, predictions: fixture.tensor(seed: 1, dead: 1e30) { $0.uniform() },
        target: fixture.tensor(seed: 2, dead: 1e30) { Float($0.integer(below: 2)) })
      let slopes = unwritten(OverlapLoss.slopeCount(of: fixture.shape, axes: axes, lanes: fixture.lanes))
      loss.measure(
        trial.predictions, target: trial.target, axes: axes, live: fixture.live, divisor: 2, slopes: slopes,
        into: trial.losses)
      OverlapLoss.differentiate(
        target: trial.target, axes: axes, slopes: slopes, factors: trial.factors, divisor: 2, into: trial.gradient)
      trial.expectEqual(ReferenceLoss.definition(loss), scale: 0.5, "\(rawValue)") { depth, height, width, channel in
        [
          rawValue & 8 > 0 ? 0 : depth, rawValue & 4 > 0 ? 0 : height, rawValue & 2 > 0 ? 0 : width,
          rawValue & 1 > 0 ? 0 : channel,
        ]
      }
    }
  }

  /// Sums over all images of a shard, and the loss of groups that reach over them.
  @Test(arguments: Fixture.all, [OverlapLoss.dice, .tversky(alpha: 0.3, beta: 0.8)])
  func overlapsOfSeveralImages(fixture: Fixture, loss: OverlapLoss) {
    let predictions = fixture.tensor(seed: 1, dead: 1e30) { $0.uniform() }
    let target = fixture.tensor(seed: 2, dead: 1e30) { Float($0.integer(below: 2)) }
    let axes = OverlapLoss.Axes(rawValue: 14)
    let groups = axes.groupCount(of: fixture.shape)
    let scratch = unwritten(OverlapLoss.sumCount(of: fixture.shape, axes: axes, lanes: fixture.lanes))
    let slopes = unwritten(OverlapLoss.slopeCount(of: fixture.shape, axes: axes, lanes: fixture.lanes))
    let means = unwritten(3 * groups)
    OverlapLoss.sum(predictions, target: target, axes: axes, live: fixture.live, scratch: scratch, means: means)
    let found = loss.measure(
      means: means, images: Double(fixture.live), divisor: 2, lanes: fixture.lanes, slopes: slopes)
    let (p, t) = (ReferenceTensor(predictions), ReferenceTensor(target))
    var wanted = 0.0
    for channel in 0..<fixture.shape.channels {
      var members: [(Double, Double)] = []
      for lane in 0..<fixture.live {
        for position in p.cells.indices {
          members.append(
            (
              p.element(lane, position: position, channel: channel),
              t.element(lane, position: position, channel: channel)
            ))
        }
      }
      wanted += ReferenceLoss.definition(loss)(members.map { Dual($0.0) }, members.map(\.1)).value / 2
    }
    #expect(abs(found - wanted) <= 2e-6 * (1 + abs(wanted)), "\(fixture)")
  }

  /// Far from 0 neither a binary entropy nor its gradient overflows.
  @Test func largeLogitsAreFinite() {
    let (logits, target) = (Tensor([2], lanes: 16), Tensor([2], lanes: 16))
    let (factors, gradient, losses) = (Tensor([1], lanes: 16), Tensor([2], lanes: 16), LaneNumbers(lanes: 16))
    logits.setSample(0, [1e4, -1e4])
    factors.setSample(0, [1])
    let loss = ElementLoss.binary(.init(isLogit: true))
    loss.measure(logits, target: target, live: 1, divisor: 2, into: losses)
    loss.differentiate(logits, target: target, factors: factors, divisor: 2, into: gradient)
    #expect(losses[0] == 5000 && gradient.sample(0) == [0.5, 0])
  }

  @Test(arguments: boxLosses, BoxLoss.Format.allCases) func boxes(loss: BoxLoss, format: BoxLoss.Format) {
    let shapes: [Shape] = [[4], [7, 4], [3, 5, 4]]
    for (shape, live) in zip(shapes, [5, 17, 32]) {
      let fixture = Fixture(shape: shape, lanes: 32, live: live, border: Fixture.border)
      let tensors = [1, 2].map { seed in
        let tensor = fixture.tensor(seed: seed, dead: 1e30) { 3 * $0.uniform() + 1 }
        for lane in 0..<live where format == .corners {
          // The second corner lies behind the first.
          var numbers = tensor.sample(lane)
          for index in numbers.indices where index % 4 > 1 { numbers[index] += numbers[index - 2] }
          tensor.setSample(lane, numbers)
        }
        return tensor
      }
      let trial = Trial(fixture, predictions: tensors[0], target: tensors[1])
      loss.measure(
        trial.predictions, target: trial.target, format: format, live: live, divisor: 2, into: trial.losses)
      loss.differentiate(
        trial.predictions, target: trial.target, format: format, factors: trial.factors, divisor: 2,
        into: trial.gradient)
      let definition = ReferenceLoss.definition(loss, format: format)
      trial.expectEqual(definition, scale: 0.5, "\(loss) \(format)") { depth, height, width, _ in
        [depth, height, width]
      }
    }
  }

  /// A box that is its target has no reason to move; boxes without area and turned ones have a loss.
  @Test(arguments: boxLosses) func oddBoxes(loss: BoxLoss) {
    let predictions = Tensor([4], lanes: 16)
    let target = Tensor([4], lanes: 16)
    let gradient = Tensor([4], lanes: 16)
    let samples: [([Float], [Float])] = [
      ([1, 2, 5, 7], [1, 2, 5, 7]), ([1, 1, 1, 1], [1, 1, 1, 1]), ([0, 0, 0, 0], [1, 1, 2, 2]),
      ([5, 5, 1, 1], [1, 1, 2, 2]), ([1, 1, 2, 2], [3, 3, 3, 3]), ([1, 1, 1, 4], [1, 1, 4, 4]),
    ]
    let factors = Tensor([1], lanes: 16)
    let losses = LaneNumbers(lanes: 16)
    for (lane, sample) in samples.enumerated() {
      predictions.setSample(lane, sample.0)
      target.setSample(lane, sample.1)
      factors.setSample(lane, [1])
    }
    for format in BoxLoss.Format.allCases {
      loss.measure(predictions, target: target, format: format, live: samples.count, divisor: 1, into: losses)
      loss.differentiate(predictions, target: target, format: format, factors: factors, divisor: 1, into: gradient)
      #expect(abs(losses[0]) < 1e-6 && gradient.sample(0).allSatisfy { abs($0) < 1e-6 })
      for lane in samples.indices {
        #expect(losses[lane].isFinite && gradient.sample(lane).allSatisfy(\.isFinite), "\(samples[lane])")
      }
    }
  }

  /// Parts of 10^-7 are not lost in sums that are near 1, nor do large logits overflow.
  @Test func smallAndLargeNumbers() {
    let z = Tensor([3], lanes: 16)
    let t = Tensor([3], lanes: 16)
    let losses = LaneNumbers(lanes: 16)
    t.setSample(0, [1, 0, 0])
    z.setSample(0, [20, 0, -3e4])
    ClassLoss.crossEntropy(isLogit: true)
      .measure(z, target: t, classes: .init(), live: 1, divisor: 1, into: losses)
    #expect(abs(losses[0] / 2.0611536e-9 - 1) < 1e-5)
    z.setSample(0, [-3e4, 3e4, 0])
    ClassLoss.crossEntropy(isLogit: true)
      .measure(z, target: t, classes: .init(), live: 1, divisor: 1, into: losses)
    #expect(losses[0] == 6e4)
    z.setSample(0, [1e-3, -1e-4, 1e4])
    t.setSample(0, [0, 0, 0])
    ElementLoss.logCosh.measure(z, target: t, live: 1, divisor: 1, into: losses)
    #expect(abs(losses[0] - (1e4 - 0.6931472)) < 1e-2)
    z.setSample(0, [1e-3, 0, 0])
    ElementLoss.logCosh.measure(z, target: t, live: 1, divisor: 1, into: losses)
    #expect(abs(losses[0] / 5e-7 - 1) < 1e-5)
  }
}
