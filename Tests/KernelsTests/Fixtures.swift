import Kernels
import Tensors
import Testing

/// A shape, a border and a partly filled shard that kernels are tried on.
struct Fixture: CustomTestStringConvertible, Sendable {
  var shape: Shape
  var lanes = 16
  var live = 16
  var border = Border.none

  var testDescription: String { "\(shape), \(live) of \(lanes) lanes, \(border == .none ? "no border" : "border")" }

  static let border = Border(front: 1, back: 2, top: 1, bottom: 2, left: 3, right: 1)

  /// 1-D, 2-D and 3-D, odd and even, with and without border, full, partial and empty shards.
  static let all: [Fixture] = [
    Fixture(shape: [10]), Fixture(shape: [10], lanes: 32, live: 20), Fixture(shape: [3], live: 1, border: border),
    Fixture(shape: [7, 3], live: 5), Fixture(shape: [8, 2], lanes: 48, live: 48, border: border),
    Fixture(shape: [6, 5, 4]), Fixture(shape: [5, 7, 3], lanes: 32, live: 32),
    Fixture(shape: [5, 7, 3], lanes: 32, live: 16),
    Fixture(shape: [9, 6, 2], lanes: 48, live: 33, border: border), Fixture(shape: [4, 4, 2], live: 0, border: border),
    Fixture(shape: [8, 8, 3], lanes: 16, live: 16, border: Border(top: 1)),
    Fixture(shape: [16, 4, 2], lanes: 16, live: 3),
    Fixture(shape: [2, 5, 3, 2], lanes: 32, live: 1), Fixture(shape: [4, 4, 5, 2], live: 16, border: border),
    Fixture(shape: [3, 4, 4, 2], lanes: 32, live: 0),
  ]

  /// Random activations with huge garbage in the dead lanes; NaN in the border, which no kernel may read.
  func activations(seed: Int, mean: Float = 0, deviation: Float = 1) -> Tensor {
    tensor(seed: seed, dead: 1e30) { mean + deviation * $0.normal() }
  }

  /// Random gradients, zero in the dead lanes.
  func gradients(seed: Int) -> Tensor { tensor(seed: seed, dead: 0) { $0.normal() } }

  /// A tensor to write to: NaN everywhere.
  func output(_ shape: Shape? = nil, border: Border? = nil) -> Tensor {
    let tensor = Tensor(shape ?? self.shape, lanes: lanes, border: border ?? self.border)
    tensor.fill(.nan)
    return tensor
  }

  func tensor(seed: Int, dead: Float, _ value: (inout RandomStream) -> Float) -> Tensor {
    let tensor = output()
    for lane in 0..<lanes {
      var stream = RandomStream(seed: 7, purpose: .synthesis, item: seed, minor: lane)
      tensor.setSample(
        lane,
        (0..<shape.count).map { _ in
          let number = value(&stream)
          return lane < live ? number : dead
        })
    }
    return tensor
  }
}

func randoms(_ count: Int, seed: Int, mean: Float = 0, deviation: Float = 1) -> [Float] {
  var stream = RandomStream(seed: 8, purpose: .synthesis, item: seed)
  return (0..<count).map { _ in mean + deviation * stream.normal() }
}

/// A buffer of NaN, to be overwritten.
func unwritten(_ count: Int) -> Buffer {
  let buffer = Buffer(count: count)
  buffer.fill(.nan)
  return buffer
}

enum DeadLanes {
  case anything, zero
}

/// Live lanes agree within `tolerance * (1 + |expected|)`, dead ones are as they should, and the border is as `output`
/// made it.
func expectEqual(
  _ tensor: Tensor, _ expected: ReferenceTensor, live: Int, tolerance: Double, dead: DeadLanes,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(tensor.shape == expected.shape, sourceLocation: sourceLocation)
  var largest = 0.0
  let count = tensor.shape.count
  for lane in 0..<tensor.lanes {
    let sample = tensor.sample(lane)
    if lane < live {
      for (index, value) in sample.enumerated() {
        let want = expected.values[lane * count + index]
        let error = abs(Double(value) - want) / (1 + abs(want))
        largest = error.isNaN ? .infinity : max(largest, error)
      }
    } else if dead == .zero {
      #expect(sample.allSatisfy { $0 == 0 }, "dead lane \(lane) is not zero", sourceLocation: sourceLocation)
    }
  }
  #expect(largest <= tolerance, sourceLocation: sourceLocation)
  expectBorderUntouched(tensor, sourceLocation: sourceLocation)
}

/// Every cell that is not an element is still NaN.
func expectBorderUntouched(_ tensor: Tensor, sourceLocation: SourceLocation = #_sourceLocation) {
  let layout = tensor.layout
  var isElement = Array(repeating: false, count: layout.count)
  for channel in 0..<layout.channels {
    for depth in 0..<layout.depth {
      for height in 0..<layout.height {
        for width in 0..<layout.width {
          let start = layout.offset(lane: 0, depth: depth, height: height, width: width, channel: channel)
          for lane in 0..<layout.lanes { isElement[start + lane] = true }
        }
      }
    }
  }
  let cells = tensor.storage.values
  #expect(
    isElement.indices.allSatisfy { isElement[$0] || cells[$0].isNaN }, "a border cell was written",
    sourceLocation: sourceLocation)
}

func expectEqual(
  _ values: Buffer, _ expected: [Double], tolerance: Double, sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(values.count == expected.count, sourceLocation: sourceLocation)
  let largest = zip(values.values, expected).reduce(0.0) {
    let error = abs(Double($1.0) - $1.1) / (1 + abs($1.1))
    return error.isNaN ? .infinity : max($0, error)
  }
  #expect(largest <= tolerance, sourceLocation: sourceLocation)
}

extension Buffer {
  var doubles: [Double] { values.map(Double.init) }
}
