import Kernels
import Tensors
import Testing

/// Changes of pictures, beside slow twins.
@Suite struct PictureTests {
  private func random(_ count: Int, _ range: ClosedRange<Float>, seed: UInt64 = 1) -> [Float] {
    var stream = RandomStream(seed: seed, purpose: .synthesis)
    return (0..<count).map { _ in range.lowerBound + (range.upperBound - range.lowerBound) * stream.uniform() }
  }

  private func picture(
    _ height: Int, _ width: Int, _ channels: Int, _ range: ClosedRange<Float> = 0...1
  ) -> FloatPicture {
    FloatPicture(
      height: height, width: width, channels: channels, in: Buffer(random(height * width * channels, range)))
  }

  private func expectNear(
    _ values: [Float], _ wanted: [Double], _ tolerance: Double = 1e-5, _ what: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let worst = zip(values, wanted).map { abs(Double($0) - $1) }.max() ?? 0
    #expect(values.count == wanted.count && worst <= tolerance, "\(what): \(worst)", sourceLocation: sourceLocation)
  }

  private static let homographies = [
    Homography.identity, .moving(x: 3, y: -2), .moving(x: -40, y: 3), .moving(x: 100, y: 0), .moving(x: -31.4, y: 17.3),
    Homography(a: 0.913, b: -0.317, c: 1.273, d: 0.2531, e: 1.1173, f: -2.337),
    Homography(a: 0.913, b: -0.317, c: 1.273, d: 0.2531, e: 1.1173, f: -2.337, g: 0.0137, h: -0.0213),
  ]

  /// Every fill, interpolation and size: forward, the transpose, and masks, which take the nearest.
  @Test(arguments: Fill.Mode.allCases, [Interpolation.bilinear, .nearest])
  func mapsAreTheirTwins(mode: Fill.Mode, interpolation: Interpolation) {
    let sizes = [(7, 9, 3), (1, 70, 1), (5, 1, 2)]
    for (homography, size) in Self.homographies.flatMap({ map in sizes.map { (map, $0) } }) {
      for isShifted in [false, true] {
        let input = picture(size.0, size.1, size.2)
        let output = FloatPicture(height: 6, width: 66, channels: size.2)
        var map = PictureMap(homography, Fill(mode, value: 0.75), interpolation)
        let (right, down) = (random(396, -3...3, seed: 2), random(396, -3...3, seed: 3))
        if isShifted { map.shifts = (Buffer(right), Buffer(down)) }
        map.apply(input, into: output)
        let gradient = picture(6, 66, size.2, -1...1)
        let inputGradient = input.like(in: Buffer(count: input.count))
        map.differentiate(gradient: gradient, into: inputGradient)
        let bytes = (0..<size.0 * size.1).map { UInt8(7 * $0 % 251) }
        let (mask, moved) = (Buffer(count: input.count), Buffer(count: 99))
        fill(mask, bytes)
        map.applyToMask(mask, input.size, into: moved, output.size, outside: 255)

        var (wanted, back, nearest) = ([Double](), [Double](repeating: 0, count: input.count), [UInt8]())
        for place in 0..<396 {
          let shift = isShifted ? (right: Double(right[place]), down: Double(down[place])) : nil
          let taps = ReferencePicture.taps(map, input.size, row: place / 66, column: place % 66, shift: shift)
          for channel in 0..<size.2 {
            var sum = 0.0
            for tap in taps {
              sum += tap.weight * (tap.pixel.map { Double(input.numbers[$0 * size.2 + channel]) } ?? 0.75)
            }
            wanted.append(sum)
            for tap in taps {
              guard let pixel = tap.pixel else { continue }
              back[pixel * size.2 + channel] += tap.weight * Double(gradient.numbers[place * size.2 + channel])
            }
          }
          var other = map
          other.interpolation = .nearest
          let tap = ReferencePicture.taps(other, input.size, row: place / 66, column: place % 66, shift: shift)[0]
          nearest.append(tap.pixel.map { bytes[$0] } ?? 255)
        }
        let what = "\(homography) \(size) \(isShifted)"
        // Where a place is between two pixels, rounding decides.
        let isExact = interpolation == .bilinear
        let different = zip(output.numbers.values, wanted).count { abs(Double($0) - $1) > 2e-4 }
        #expect(different <= (isExact ? 0 : 2 * size.2), "\(what): \(different)")
        if isExact {
          expectNear(inputGradient.numbers.values, back, 5e-3, what)
        } else {
          let sum = inputGradient.numbers.values.reduce(0) { $0 + Double($1) }
          #expect(abs(sum - back.reduce(0, +)) < 2, "\(what)")
        }
        let found = unsafe moved.withBytes { unsafe Array($0.prefix(396)) }
        #expect(zip(found, nearest).count { $0 != $1 } <= 2, "\(what)")
      }
    }
  }

  private func fill(_ buffer: Buffer, _ bytes: [UInt8]) {
    let padded = bytes + Array(repeating: 0, count: 4 * buffer.count)
    for place in 0..<(bytes.count + 3) / 4 {
      let word = (0..<4).reduce(UInt32(0)) { $0 | UInt32(padded[4 * place + $1]) << UInt32(8 * $1) }
      buffer[place] = Float(bitPattern: word)
    }
  }

  @Test func homographiesAreInverted() {
    for map in Self.homographies {
      for (x, y): (Float, Float) in [(0, 0), (5, 3), (2.5, 7)] {
        let (there, back) = (map(x, y), map.inverse)
        let again = back(there.x, there.y)
        #expect(abs(again.x - x) < 1e-4 && abs(again.y - y) < 1e-4, "\(map)")
      }
      #expect((map.wholePixels != nil) == (map.isAffine && map.a == 1 && map.c == map.c.rounded()))
    }
    let points: [(x: Double, y: Double)] = [(0, 0), (9, 0), (0, 5), (9, 5)]
    let moved: [(x: Double, y: Double)] = [(0, 0), (8, 1), (-1, 5), (10, 6)]
    let map = Homography.moving(points, to: moved)!
    for (from, to) in zip(points, moved) {
      let found = map(Float(to.x) + 0.5, Float(to.y) + 0.5)
      #expect(abs(Double(found.x) - 0.5 - from.x) < 1e-4 && abs(Double(found.y) - 0.5 - from.y) < 1e-4)
    }
    #expect(Homography.moving(points, to: [(0, 0), (1, 1), (2, 2), (3, 3)]) == nil)
  }

  @Test(arguments: [1, 2, 3, 5]) func scalesAndBlends(channels: Int) {
    let (range, share): (ClosedRange<Float>, Float) = (0.1...0.8, 1.3)
    let factors = random(channels, -1...2, seed: 4)
    let offsets = random(channels, -0.5...0.5, seed: 5)
    for pixels in [(1, 1), (3, 7), (5, 16)] {
      let x = picture(pixels.0, pixels.1, channels)
      let before = x.numbers.values.map(Double.init)
      x.scale(factors, plus: offsets, within: range)
      expectNear(x.numbers.values, ReferencePicture.scale(before, factors, offsets, range))
      let (y, other) = (picture(pixels.0, pixels.1, channels), random(before.count, 0...1, seed: 6))
      y.blend(x.like(in: Buffer(other)), share: share, within: range)
      expectNear(y.numbers.values, ReferencePicture.blend(before, other.map(Double.init), share, range))
    }
  }

  @Test(arguments: [0...1, 0...255] as [ClosedRange<Float>]) func coloursAreTheirTwins(range: ClosedRange<Float>) {
    let tolerance = Double(range.upperBound) * 1e-5
    func check(_ change: (FloatPicture) -> Void, _ twin: ([Double]) -> [Double]) {
      let x = picture(7, 9, 3, range)
      let odd: [Float] = [0, 0, 0, 1, 1, 1, 0.5, 0.5, 0.2]
      for (place, value) in odd.enumerated() { x.numbers[place] = value * range.upperBound }
      let before = x.numbers.values.map(Double.init)
      change(x)
      expectNear(x.numbers.values, twin(before), tolerance)
    }
    check({ $0.degenerate(share: 0.7, within: range) }) { ReferencePicture.degenerate($0, 0.7, range) }
    for recoloring in [
      Recoloring(hue: 0.3, range: range), Recoloring(hue: -0.45, saturation: 0.5, range: range),
      Recoloring(saturation: 1.8, limits: 0...255, range: range),
    ] {
      check({ $0.recolor(recoloring) }) { ReferencePicture.recolor($0, recoloring) }
    }
    for bits in 1...8 {
      check({ $0.posterize(bits: bits, in: range) }) { ReferencePicture.posterize($0, bits: bits, range) }
    }
    check({ $0.solarize(addition: 20.5, threshold: 130, in: range) }) {
      ReferencePicture.solarize($0, addition: 20.5, threshold: 130, range)
    }
  }

  @Test func convolutionsAreTheirTwins() {
    let weights: [([Float], [Float])] = [
      ([1], [1]), ([0.2, 0.5, 0.3], [1]), ([0.1, 0.2, 0.3, 0.2, 0.2], [-1, 2, 0.5]),
    ]
    for (across, down) in weights {
      for channels in [1, 3] {
        let x = picture(6, 4, channels)
        let before = x.numbers.values.map(Double.init)
        x.convolve(across: across, down: down, Buffer(count: x.count))
        expectNear(
          x.numbers.values, ReferencePicture.convolve(before, height: 6, width: 4, across: across, down: down))
      }
    }
  }

  @Test func lanesBecomePicturesAndComeBack() {
    let tensor = Tensor([4, 5, 3], lanes: 16, border: Border(top: 1, left: 2))
    let lanes = (0..<16).map { random(60, -1...1, seed: UInt64($0)) }
    for lane in 0..<16 { tensor.setSample(lane, lanes[lane]) }
    let x = FloatPicture(height: 4, width: 5, channels: 3)
    x.gather(tensor, lane: 7)
    #expect(x.numbers.values == lanes[7])
    x.scatter(into: tensor, lane: 2)
    for lane in 0..<16 { #expect(tensor.sample(lane) == lanes[lane == 2 ? 7 : lane]) }
  }
}
