import Foundation
import Kernels
import Networks
import Tasks
import Tensors
import Testing

/// Properties of every metric of the registry.
@Suite struct MetricTests {
  @Test func everyMetricHasCases() {
    let tried = Set(MetricFixture.all.cases.map(\.metric))
    #expect(tried == Set(MetricRegistry.metrics.map { $0.kerasName }))
  }

  @Test(arguments: MetricFixture.all.cases) func agreesWithKeras(fixture: MetricFixture.Case) throws {
    let metric = try fixture.make()
    var state = try metric.makeState(output: fixture.output, target: fixture.target, isWeighted: fixture.isWeighted)
    var start = 0
    for update in fixture.updates {
      let end = start + update.outputs.count
      state.merge(try fixture.state(metric, Array(fixture.samples[start..<end])))
      start = end
    }
    let values = metric.values(state)
    try #require(values.count == fixture.values.count)
    for (value, expected) in zip(values, fixture.values) {
      #expect(abs(value - expected) <= 2e-5 * max(1, abs(expected)), "\(value), but \(fixture.truth) says \(expected)")
    }
    let mean = values.reduce(0, +) / Double(values.count)
    #expect(try #require(metric.result(state)) == mean)
  }

  /// Samples cut into shards at random, merged along a tree: the same words, the same records, the same digits.
  @Test(arguments: MetricFixture.all.cases) func mergesExactly(fixture: MetricFixture.Case) throws {
    let metric = try fixture.make()
    let samples = fixture.samples
    let whole = try fixture.state(metric, samples)
    var random = SystemRandomNumberGenerator()
    for _ in 0..<4 {
      var states: [MetricState] = []
      var start = 0
      while start < samples.count {
        let end = Int.random(in: start...samples.count, using: &random)
        states.append(try fixture.state(metric, Array(samples[start..<end])))
        start = end
      }
      // Neighbours first, in an order of their own.
      while states.count > 1 {
        let place = Int.random(in: 0..<states.count - 1, using: &random)
        states[place].merge(states.remove(at: place + 1))
      }
      #expect(states[0] == whole)
      #expect(metric.values(states[0]) == metric.values(whole))
      if !metric.keepsRecords {
        // Words alone may come in any order.
        var sum = try metric.makeState(output: fixture.output, target: fixture.target, isWeighted: fixture.isWeighted)
        for sample in samples.shuffled(using: &random) { sum.add(try fixture.state(metric, [sample]).words) }
        #expect(sum.words == whole.words)
      }
    }
    let restored = try JSONDecoder().decode(MetricState.self, from: JSONEncoder().encode(whole))
    #expect(metric.values(restored) == metric.values(whole))
  }

  private static let ofVectors = MetricFixture.all.cases.filter {
    $0.outputShape.count == 1 && $0.targetShape.count == 1 && !$0.isWeighted && !$0.arguments.keys.contains("axis")
  }

  /// Images whose places are samples of the fixture, whole and in strips.
  @Test(arguments: ofVectors) func metricsOfPlacesCountTheSameInStrips(fixture: MetricFixture.Case) throws {
    let (height, width, images) = (6, 2, 3)
    let form = JSONValue.object([fixture.metric: .object(fixture.arguments)])
    let output: Shape = [height, width, fixture.outputShape[0]]
    let target: Shape = [height, width, fixture.targetShape[0]]
    guard let metric = try? MetricRegistry.metric(form, output: output, target: target).metric, metric.isOfPlaces
    else { return }
    var random = RandomStream(seed: 1, purpose: .synthesis)
    let (outputs, targets) = (Tensor(output, lanes: 16), Tensor(target, lanes: 16))
    for lane in 0..<images {
      let places = (0..<height * width).map { _ in fixture.samples[random.integer(below: fixture.samples.count)] }
      outputs.setSample(lane, places.flatMap(\.output))
      targets.setSample(lane, places.flatMap(\.target))
    }
    var whole = try metric.makeState(output: output, target: target, isWeighted: false)
    metric.update(&whole, output: outputs, target: targets, live: images, weights: nil)
    #expect(!metric.values(whole).isEmpty)
    for strips in [Strips(.rows, count: 3), Strips(.columns, count: 2)] {
      let move = StripMove(from: Strips(strips.axis, count: 1), to: strips)
      let parts = [outputs, targets].map { tensor in
        let part = Tensor(strips.strip(of: tensor.shape)!, lanes: 16)
        move(tensor, into: part)
        return part
      }
      var state = try metric.makeState(output: output, target: target, isWeighted: false)
      metric.update(&state, output: parts[0], target: parts[1], live: images * strips.count, weights: nil)
      #expect(state == whole)
    }
  }

  /// Both kinds are there: those of places, and those of whole images.
  @Test func mostMetricsOfClassesAreOfPlaces() throws {
    let found = MetricRegistry.metrics.filter { type in
      let metric = try? MetricRegistry.metric(.string(type.functionName), output: [4, 4, 3], target: [4, 4, 1]).metric
      return metric?.isOfPlaces == true
    }.map { $0.kerasName }
    #expect(Set(found).isSuperset(of: ["MeanIoU", "PixelAccuracy", "SparseCategoricalAccuracy"]))
    #expect(!found.contains("ExactMatch"))
  }

  /// Without samples there is no number; with one sample, or all of one kind, there is none or a finite one.
  @Test(arguments: MetricFixture.all.cases) func neverGivesNaN(fixture: MetricFixture.Case) throws {
    let metric = try fixture.make()
    let empty = try fixture.state(metric, [])
    #expect(metric.values(empty).isEmpty && metric.result(empty) == nil)
    var reset = try fixture.state(metric, fixture.samples)
    reset.reset()
    #expect(metric.values(reset).isEmpty && reset.words.allSatisfy { $0 == 0 })
    let first = fixture.samples[0]
    var trials = [[first]]
    for value in [Float(0), 1] {
      let targets = first.target.map { _ in value }
      trials.append(fixture.samples.map { ($0.output, targets, $0.weight) })
      trials.append(fixture.samples.map { _ in (first.output.map { _ in 0 }, targets, first.weight) })
      trials.append(fixture.samples.map { _ in (first.output.map { _ in 1 }, targets, first.weight) })
    }
    for trial in trials {
      let state = try fixture.state(metric, trial)
      let values = metric.values(state)
      #expect(values.allSatisfy { $0.isFinite })
      #expect(metric.result(state) == nil || metric.result(state)!.isFinite)
    }
  }

  /// A metric that was written and read again, without shapes, finds the same in a state.
  @Test(arguments: MetricFixture.all.cases) func readersFindTheSame(fixture: MetricFixture.Case) throws {
    let metric = try fixture.make()
    let description = JSONValue.object([type(of: metric).kerasName: .object(metric.kerasConfiguration())])
    let reader = try MetricRegistry.reader(description)
    let state = try fixture.state(metric, fixture.samples)
    #expect(reader.result(state) == metric.result(state) && reader.isBetterHigher == metric.isBetterHigher)
  }

  /// Outputs that are the targets are best, where both have one shape.
  @Test(arguments: MetricFixture.all.cases) func perfectOutputsAreBest(fixture: MetricFixture.Case) throws {
    let metric = try fixture.make()
    let best: [String: Double] = [
      "AUC": 1, "ExactAUC": 1, "BinaryAccuracy": 1, "BinaryIoU": 1, "BoxIoU": 1, "CategoricalAccuracy": 1,
      "CosineSimilarity": 1, "ExactMatch": 1, "IoU": 1, "LogCoshError": 0, "MeanAbsoluteError": 0,
      "MeanAbsolutePercentageError": 0, "MeanIoU": 1, "MeanSquaredError": 0, "MeanSquaredLogarithmicError": 0,
      "OneHotIoU": 1, "OneHotMeanIoU": 1, "R2Score": 1, "RootMeanSquaredError": 0, "TopKCategoricalAccuracy": 1,
    ]
    // Keras has a precision of 0 beyond the last threshold.
    guard fixture.arguments["summation_method"] != "minoring" else { return }
    guard fixture.output == fixture.target, let wanted = best[fixture.metric], fixture.arguments["from_logits"] == nil
    else { return }
    let state = try fixture.state(metric, fixture.samples.map { ($0.target, $0.target, $0.weight) })
    for value in metric.values(state) { #expect(abs(value - wanted) < 1e-6) }
    // Worse outputs, worse scores.
    let other = try fixture.state(metric, fixture.samples)
    if let score = metric.result(other), let perfect = metric.result(state) {
      #expect(metric.isBetterHigher ? score <= perfect + 1e-9 : score >= perfect - 1e-9)
    }
  }

  /// Keras's form, there and back.
  @Test(arguments: MetricFixture.all.forms) func readsAndWritesKerasForms(form: JSONValue) throws {
    let shape: Shape = [3, 2, 4]
    let name = try #require(form["class_name"].asString)
    let labels = form["config"]["num_labels"].asInteger
    guard labels == nil else { return }
    let isSparse = form["config"]["sparse_y_pred"] == false && form["config"]["sparse_y_true"] == true
    let target: Shape = name.hasPrefix("Sparse") || isSparse ? [3, 2] : shape
    let named = try MetricRegistry.metric(form, output: shape, target: target)
    #expect(named.name == form["config"]["name"].asString)
    let written = try #require(MetricRegistry.kerasDescription(named))
    #expect(written["class_name"] == form["class_name"])
    for (key, stored) in form["config"].asObject ?? [:] where key != "dtype" && key != "fn" {
      let value = stored["class_name"] == "__tensor__" ? stored["config"]["value"] : stored
      let ours = written["config"][key]
      let isSame =
        ours == value || ours.asNumber != nil && ours.asNumber == value.asNumber
        || ours.asArray?.map(\.asNumber) == value.asArray?.map(\.asNumber) && ours.asArray != nil
      #expect(isSame || key == "axis" && name == "CosineSimilarity", "\(name): \(key) is \(ours), was \(value)")
    }
    let again = try MetricRegistry.metric(written, output: shape, target: target)
    #expect(MetricRegistry.kerasDescription(again) == written)
  }

  @Test func namesAreFoundAndNearOnesOffered() throws {
    for type in MetricRegistry.metrics {
      let arguments: JSONValue =
        type.kerasName.hasSuffix("IoU") && ["IoU", "OneHotIoU"].contains(type.kerasName)
        ? .object(["target_class_ids": [0]]) : .object([:])
      for name in [type.kerasName, type.functionName] + type.aliases {
        let isSparse = type.kerasName.hasPrefix("Sparse") || type.kerasName == "PixelAccuracy"
        let shape: Shape = isSparse ? [1] : [4]
        let named = try MetricRegistry.metric(.object([name: arguments]), output: [4], target: shape)
        #expect(Swift.type(of: named.metric).kerasName == type.kerasName)
        #expect(named.name == (name == type.kerasName ? type.functionName : name))
      }
    }
    func sentence(_ description: JSONValue) -> String {
      do {
        _ = try MetricRegistry.metric(description, output: [4], target: [4])
        return ""
      } catch { return "\(error)" }
    }
    #expect(sentence("mean_iuo").contains("did you mean 'mean_iou'?"))
    #expect(sentence("acuracy").contains("did you mean 'accuracy'?"))
    #expect(sentence(.object(["AUC": .object(["num_treshold": 3])])).contains("did you mean 'num_thresholds'?"))
    #expect(sentence(.object(["AUC": .object(["curve": "RC"])])).hasPrefix("metric 'auc' (AUC): curve"))
    #expect(sentence("sparse_categorical_accuracy").contains("(4,)"))
    #expect(sentence(.array([1, 2])).contains("a metric is a name"))
  }

  /// A metric of probabilities and the same one of their logits agree.
  @Test(arguments: MetricFixture.all.cases) func logitsGiveTheSame(fixture: MetricFixture.Case) throws {
    let metric = try fixture.make()
    guard fixture.arguments["from_logits"] == nil, let absorbed = metric.absorbing(.sigmoid) else { return }
    let samples = fixture.samples
    // Scores that lie on a threshold may fall to either side of it.
    let probabilities = samples.map { ($0.output.map { min(max($0, 0.001), 0.999) + 1e-5 }, $0.target, $0.weight) }
    let logits = probabilities.map { ($0.0.map { log($0 / (1 - $0)) }, $0.1, $0.2) }
    guard samples.allSatisfy({ $0.output.allSatisfy { (0...1).contains($0) } }) else { return }
    let values = metric.values(try fixture.state(metric, probabilities))
    let others = absorbed.values(try fixture.state(absorbed, logits))
    #expect(values.count == others.count)
    for (value, other) in zip(values, others) { #expect(abs(value - other) < 1e-5) }
  }
}
