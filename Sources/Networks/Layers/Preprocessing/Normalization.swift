import Kernels
public import Tensors

/// Preprocessing by known statistics: y = (x - mean) / max(sqrt(variance), 1e-7), or `inverted` y = x *
/// max(sqrt(variance), 1e-7) + mean. Any shape to the same shape.
///
/// Mean and variance have the shape of `axes`. They are given in the configuration, or are variables that Keras's
/// `adapt` has filled: mean, variance, count. Training does not move them; dx = dy / max(sqrt(variance), 1e-7).
public struct Normalization: AdaptiveLayer {
  public static let kerasName = "Normalization"
  /// As Keras counts them: 0 is the batch, -1 the channels. Empty for one mean of everything.
  public let axes: [Int]
  public let isInverted: Bool
  /// Nil where they are variables; else one number, or one for each place along the axes.
  public let mean: [Double]?, variance: [Double]?
  /// The shape of the statistics beside the input that the layer is bound to.
  private var boundShape: Shape = []

  /// Lengths of the lists of lists that the means are in.
  private var nesting: [Int] = []

  /// With statistics of its own.
  public init(axes: [Int] = [-1], mean: [Double], variance: [Double], isInverted: Bool = false) {
    (self.axes, self.mean, self.variance, self.isInverted) = (axes, mean, variance, isInverted)
  }

  /// With statistics as variables.
  public init(axes: [Int] = [-1], isInverted: Bool = false) {
    (self.axes, mean, variance, self.isInverted) = (axes, nil, nil, isInverted)
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    axes = configuration.value("axis").asArray?.isEmpty == true ? [] : try configuration.axes()
    isInverted = try configuration.bool("invert", default: false)
    mean = try configuration.numbers("mean")
    variance = try configuration.numbers("variance")
    var list = configuration.value("mean")
    while let values = list.asArray, let first = values.first {
      nesting.append(values.count)
      list = first
    }
    guard (mean == nil) == (variance == nil) else {
      throw ImportError(
        "layer '\(configuration.layerName)' (Normalization): has only one of mean and variance; give both or neither.")
    }
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    // Keras wants one number for everything bare, and those along several axes in lists of lists.
    func value(_ numbers: [Double]?) -> JSONValue {
      guard var values = numbers?.map(JSONValue.number) else { return .null }
      if axes.isEmpty, values.count == 1 { return values[0] }
      for size in nesting.dropFirst().reversed() where size > 0 && values.count % size == 0 {
        values = stride(from: 0, to: values.count, by: size).map { .array(Array(values[$0..<$0 + size])) }
      }
      return .array(values)
    }
    return ["axis": JSONValue(axes), "invert": .bool(isInverted), "mean": value(mean), "variance": value(variance)]
  }

  private func statisticSizes(_ input: Shape) throws(ShapeError) -> [Int] {
    try input.positions(ofAxes: axes).map { input.dimensions[$0] }
  }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    let input = try inputs.one()
    let sizes = try statisticSizes(input)
    let count = sizes.reduce(1, *)
    for numbers in [mean, variance].compactMap(\.self) where numbers.count != 1 && numbers.count != count {
      throw ShapeError("has \(numbers.count) numbers for axes of sizes \(sizes); give one, or one for each place.")
    }
    var signature = Signature(outputs: [input])
    if mean == nil {
      signature.parameters = [
        Parameter("mean", sizes, .zeros, kind: .frozen), Parameter("variance", sizes, .ones, kind: .frozen),
        Parameter("count", [], .zeros, kind: .frozen),
      ]
    }
    signature.forwardAliasing = .inPlace
    signature.backwardAliasing = .inPlace
    // Means, and factors.
    signature.prepared = 2 * count
    let shape = shape(beside: input)
    signature.scratch = { Layout(shape, lanes: $0).count }
    return signature
  }

  /// The input's shape with size 1 along the axes that share statistics.
  private func shape(beside input: Shape) -> Shape {
    let positions = (try? input.positions(ofAxes: axes)) ?? []
    return Shape(input.dimensions.enumerated().map { positions.contains($0.offset) ? $0.element : 1 })
  }

  public func bound(to inputs: [Shape]) -> any Layer {
    var copy = self
    copy.boundShape = shape(beside: inputs[0])
    return copy
  }

  public func prepare(_ pass: borrowing PreparePass) {
    let count = pass.prepared.count / 2
    for index in 0..<count {
      let centre = mean.map { $0[$0.count == 1 ? 0 : index] } ?? Double(pass.parameters[0][index])
      let spread = variance.map { $0[$0.count == 1 ? 0 : index] } ?? Double(pass.parameters[1][index])
      let deviation = max(spread.squareRoot(), 1e-7)
      pass.prepared[index] = Float(centre)
      pass.prepared[count + index] = Float(isInverted ? deviation : 1 / deviation)
    }
  }

  public func forward(_ pass: borrowing ForwardPass) {
    let (input, output, count) = (pass.input, pass.output, pass.prepared.count / 2)
    let statistic = statistic(pass.scratch, lanes: input.lanes)
    statistic.repeatInLanes(pass.prepared[(isInverted ? count : 0)..<(isInverted ? 2 * count : count)])
    Combination.apply(isInverted ? .product : .difference, input, statistic, into: output)
    statistic.repeatInLanes(pass.prepared[(isInverted ? 0 : count)..<(isInverted ? count : 2 * count)])
    Combination.apply(isInverted ? .sum : .product, output, statistic, into: output)
  }

  public func backward(_ pass: borrowing BackwardPass) {
    guard let inputGradient = pass.inputGradient else { return }
    let count = pass.prepared.count / 2
    let factors = statistic(pass.scratch, lanes: inputGradient.lanes)
    factors.repeatInLanes(pass.prepared[count..<2 * count])
    Combination.apply(.product, pass.outputGradient, factors, into: inputGradient)
  }

  /// Without `adapt` it changes nothing, and runs.
  public var isAdapted: Bool { true }

  public func observe(_ input: Tensor, live: Int, into observations: inout Observations) {
    let sizes = input.shape.dimensions
    let kept = (try? input.shape.positions(ofAxes: axes)) ?? []
    // The place of each element along the axes that are kept.
    let places = (0..<input.shape.count).map { element in
      var (rest, place, step) = (element, 0, 1)
      for (axis, size) in sizes.enumerated().reversed() {
        if kept.contains(axis) {
          place += rest % size * step
          step *= size
        }
        rest /= size
      }
      return place
    }
    observations.addMoments(input, live: live, places: kept.reduce(1) { $0 * sizes[$1] }, place: places)
  }

  public func adapted(to observations: Observations) throws(ShapeError) -> any AdaptiveLayer {
    guard mean == nil else { throw ShapeError("has its mean in its configuration; remove it to adapt the layer.") }
    guard observations.count > 0, observations.moments.allSatisfy({ $0.mean.isFinite && $0.variance.isFinite }) else {
      throw ShapeError("has seen numbers that are not finite, to which it cannot be adapted; correct the data.")
    }
    return self
  }

  public func values(adaptedTo observations: Observations) -> [[Float]] {
    let moments = observations.moments
    return [moments.map { Float($0.mean) }, moments.map { Float($0.variance) }, [Float(observations.count)]]
  }

  public func summary(of observations: Observations) -> String {
    "mean and variance of \(observations.moments.count) values"
  }

  private func statistic(_ scratch: Buffer, lanes: Int) -> Tensor {
    Tensor(boundShape, layout: Layout(boundShape, lanes: lanes), storage: scratch)
  }
}

extension LayerConfiguration {
  /// One number or lists of numbers, whose brackets do not matter; nil where the key is absent.
  fileprivate func numbers(_ key: String) throws(ImportError) -> [Double]? {
    let value = value(key)
    if value == .null { return nil }
    var numbers: [Double] = []
    guard LayerConfiguration.collect(value, &numbers), !numbers.isEmpty else {
      throw ImportError(
        "layer '\(layerName)' (\(className)): \(key) is \(value.brief), but must be a number or a list of numbers.")
    }
    return numbers
  }

  private static func collect(_ value: JSONValue, _ numbers: inout [Double]) -> Bool {
    if let number = value.asNumber {
      numbers.append(number)
      return true
    }
    guard let list = value.asArray else { return false }
    return list.allSatisfy { collect($0, &numbers) }
  }
}
