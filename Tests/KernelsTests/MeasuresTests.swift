import Kernels
import Tensors
import Testing

/// Counts and sums of metrics against their slow twins, over shapes, borders and partly filled shards.
@Suite struct MeasuresTests {
  /// Scores with garbage in dead lanes, and masks of class numbers some of which are no class.
  private func scoresAndMasks(_ fixture: Fixture) -> (scores: Tensor, masks: Tensor) {
    let scores = fixture.activations(seed: 1)
    let shape = Shape(Array(fixture.shape.dimensions.dropLast()) + [1])
    let masks = fixture.output(shape)
    for lane in 0..<fixture.lanes {
      masks.setSample(lane, (0..<shape.count).map { Float(($0 * 7 + lane * 3) % (fixture.shape.channels + 2)) })
    }
    return (scores, masks)
  }

  @Test(arguments: Fixture.all, [nil, 1] as [Int?]) func confusionAgreesWithTwin(fixture: Fixture, ignored: Int?) {
    let (scores, masks) = scoresAndMasks(fixture)
    let (classes, axis) = (fixture.shape.channels, fixture.shape.rank - 1)
    let counts = ClassCounts(scores, .largest(axis: axis), masks, .whole, ignoring: ignored)
    for lanes in [0..<fixture.live, 0..<min(1, fixture.live), max(0, fixture.live - 3)..<fixture.live] {
      var numbers = Array(repeating: Int64(0), count: classes * classes)
      counts.addConfusion(of: lanes, classes: classes, to: &numbers)
      let expected = ReferenceMeasures.confusion(
        ReferenceTensor(scores), ReferenceTensor(masks), lanes: lanes, ignoring: ignored)
      #expect(numbers == expected.flatMap(\.self))
    }
    // Matches are the diagonal, lane by lane.
    for lane in 0..<fixture.live {
      let expected = ReferenceMeasures.confusion(
        ReferenceTensor(scores), ReferenceTensor(masks), lanes: lane..<lane + 1, ignoring: ignored)
      #expect(counts.matches(group: lane / 16).matches[lane % 16] == (0..<classes).reduce(0) { $0 + expected[$1][$1] })
    }
  }

  @Test(arguments: Fixture.all) func positivesAgreeWithTwin(fixture: Fixture) {
    let (scores, masks) = scoresAndMasks(fixture)
    let labelled = LabelledScores(scores, target: masks)
    guard fixture.shape.channels > 1 else { return }
    var numbers = Array(repeating: Int64(0), count: 3 * labelled.classCount)
    labelled.addPositives(.above(0.25), of: 0..<fixture.live, to: &numbers)
    let expected = ReferenceMeasures.positives(
      ReferenceTensor(scores), ReferenceTensor(masks), lanes: 0..<fixture.live, above: 0.25)
    #expect(numbers == expected)
  }

  @Test(arguments: Fixture.all, ErrorSums.Element.allCases)
  func sumsAgreeWithTwin(fixture: Fixture, element: ErrorSums.Element) {
    let outputs = fixture.activations(seed: 1)
    let targets = Fixture(shape: fixture.shape, lanes: fixture.lanes, live: fixture.live).activations(seed: 2)
    let errors = ErrorSums(outputs, target: targets)
    for lane in 0..<fixture.live {
      let sum = errors.sums(of: element, group: lane / 16)[lane % 16]
      let expected = ReferenceMeasures.sum(ReferenceTensor(outputs), ReferenceTensor(targets), lane: lane, of: element)
      #expect(abs(sum - expected) <= 1e-12 * (1 + abs(expected)))
    }
  }

  /// An image gives the same bits in whatever lane it is, and whatever its neighbours are.
  @Test(arguments: ErrorSums.Element.allCases) func laneDoesNotMatter(element: ErrorSums.Element) {
    let (outputs, targets) = (Tensor([5, 3, 2], lanes: 32), Tensor([5, 3, 2], lanes: 32))
    for lane in 0..<32 {
      outputs.setSample(lane, randoms(30, seed: lane % 2))
      targets.setSample(lane, randoms(30, seed: 5 + lane % 2))
    }
    let errors = ErrorSums(outputs, target: targets)
    for lane in 0..<32 {
      #expect(
        errors.sums(of: element, group: lane / 16)[lane % 16] == errors.sums(of: element, group: 0)[lane % 2])
    }
  }

  @Test func findsTheTopOfEqualScores() {
    let (scores, targets) = (Tensor([4], lanes: 16), Tensor([1], lanes: 16))
    scores.setSample(0, [1, 1, 1, 0])
    for (wanted, isFirst) in [(Float(0), true), (1, false), (2, false), (3, false)] {
      targets.setSample(0, [wanted])
      let counts = ClassCounts(scores, .largest(axis: 0), targets, .exact)
      #expect(counts.top(1, breaksTies: true, group: 0)[0] == (isFirst ? 1 : 0))
      #expect(counts.top(1, breaksTies: false, group: 0)[0] == (wanted < 3 ? 1 : 0))
      #expect(counts.matches(group: 0).matches[0] == (isFirst ? 1 : 0))
    }
    scores.setSample(0, [.nan, .nan, .nan, .nan])
    let counts = ClassCounts(scores, .largest(axis: 0), targets, .exact)
    #expect(counts.top(4, breaksTies: false, group: 0)[0] == 0)
  }
}
