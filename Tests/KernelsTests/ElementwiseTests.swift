import Kernels
import Tensors
import Testing

@Suite struct ElementwiseTests {
  @Test(arguments: Fixture.all, [false, true])
  func adds(fixture: Fixture, rectified: Bool) {
    let a = fixture.activations(seed: 41)
    let b = fixture.activations(seed: 42)
    let y = fixture.output(border: Border(left: 1))
    let second = ReferenceTensor(b)
    let expected = ReferenceTensor(a).map { value, lane, position, channel in
      let sum = value + second.element(lane, position: position, channel: channel)
      return rectified ? max(0, sum) : sum
    }
    Elementwise.add(a, b, into: y, rectified: rectified)
    expectEqual(y, expected, live: fixture.live, tolerance: 1e-6, dead: .anything)
    Elementwise.add(a, b, into: a, rectified: rectified)
    expectEqual(a, expected, live: fixture.live, tolerance: 1e-6, dead: .anything)
  }

  /// Only release builds could release a temporary before the kernel has read it.
  @Test(arguments: Fixture.all)
  func temporariesLiveThroughTheCall(fixture: Fixture) {
    let y = fixture.output()
    Elementwise.add(fixture.activations(seed: 41), fixture.activations(seed: 42), into: y)
    let sum = y.sample(0)
    let count = fixture.shape.channels
    Elementwise.scaleAndShift(
      fixture.activations(seed: 41), scales: Buffer([Float](repeating: 1, count: count)),
      offsets: Buffer(count: count), into: y)
    let first = y.sample(0)
    Elementwise.copy(fixture.activations(seed: 42), into: y)
    #expect(sum == zip(first, y.sample(0)).map(+))
  }

  @Test(arguments: Fixture.all)
  func scalesAndShifts(fixture: Fixture) {
    let x = fixture.activations(seed: 43)
    let y = fixture.output(border: Border(top: 1))
    let count = fixture.shape.channels
    let scales = Buffer(randoms(count, seed: 44))
    let offsets = Buffer(randoms(count, seed: 45))
    let expected = ReferenceTensor(x).map { value, _, _, channel in
      value * Double(scales[channel]) + Double(offsets[channel])
    }
    Elementwise.scaleAndShift(x, scales: scales, offsets: offsets, into: y)
    expectEqual(y, expected, live: fixture.live, tolerance: 1e-6, dead: .anything)
  }

  @Test(arguments: Fixture.all)
  func copiesAndClears(fixture: Fixture) {
    let x = fixture.activations(seed: 46)
    let y = fixture.output(border: Border(front: 1, top: 1, right: 2))
    Elementwise.copy(x, into: y)
    expectEqual(y, ReferenceTensor(x), live: fixture.lanes, tolerance: 0, dead: .anything)
    Elementwise.clear(y)
    expectEqual(y, ReferenceTensor(fixture.shape, lanes: fixture.lanes), live: fixture.lanes, tolerance: 0, dead: .zero)
  }

  @Test(arguments: Fixture.all)
  func reshapesInKerasOrder(fixture: Fixture) {
    let x = fixture.activations(seed: 47)
    let flat = fixture.output([fixture.shape.count], border: Border.none)
    let back = fixture.output()
    Reshaping.reshape(x, into: flat)
    Reshaping.reshape(flat, into: back)
    for lane in 0..<fixture.lanes {
      #expect(flat.sample(lane) == x.sample(lane))
      #expect(back.sample(lane) == x.sample(lane))
    }
    expectBorderUntouched(flat)
    expectBorderUntouched(back)
  }

  @Test func reshapesBetweenSpatialShapes() {
    let fixture = Fixture(shape: [2, 3, 4], lanes: 32, live: 32, border: Fixture.border)
    let x = fixture.activations(seed: 48)
    for shape: Shape in [[4, 3, 2], [6, 4], [1, 24], [2, 2, 3, 2]] {
      let y = fixture.output(shape)
      Reshaping.reshape(x, into: y)
      #expect(y.sample(17) == x.sample(17))
      expectBorderUntouched(y)
    }
  }

  @Test(arguments: Fixture.all)
  func padsAndCrops(fixture: Fixture) {
    let x = fixture.activations(seed: 49)
    let shape = fixture.shape
    let added = [2, 1, 3].suffix(shape.rank - 1)
    let padded = Shape(zip(shape.dimensions.dropLast(), added).map { $0 + $1 } + [shape.channels])
    let (depth, height, width) = (shape.rank > 3 ? 1 : 0, shape.rank > 2 ? 1 : 0, shape.rank > 1 ? 2 : 0)
    let y = fixture.output(padded)
    let back = fixture.output(border: Border(bottom: 1))
    var expected = ReferenceTensor(padded, lanes: fixture.lanes)
    let reference = ReferenceTensor(x)
    for lane in 0..<fixture.lanes {
      for cell in reference.cells {
        for channel in 0..<shape.channels {
          expected[lane, cell.depth + depth, cell.height + height, cell.width + width, channel] =
            reference[lane, cell.depth, cell.height, cell.width, channel]
        }
      }
    }
    Reshaping.pad(x, depth: depth, height: height, width: width, into: y)
    expectEqual(y, expected, live: fixture.lanes, tolerance: 0, dead: .anything)
    Reshaping.crop(y, depth: depth, height: height, width: width, into: back)
    expectEqual(back, reference, live: fixture.lanes, tolerance: 0, dead: .anything)
  }
}
