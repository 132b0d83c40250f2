import Foundation

/// Slow twins of what is done to pictures, in doubles, row by row with channels innermost.
package enum ReferencePicture {
  package typealias Numbers = [Double]

  /// The input pixels that an output pixel is made of, and their weights; nil stands for what is outside.
  package static func taps(
    _ map: PictureMap, _ size: ImageSize, row: Int, column: Int, shift: (right: Double, down: Double)? = nil
  ) -> [(pixel: Int?, weight: Double)] {
    let h = map.homography
    let (x, y) = (Double(column) + 0.5, Double(row) + 0.5)
    let k = Double(h.g) * x + Double(h.h) * y + 1
    var right = (Double(h.a) * x + Double(h.b) * y + Double(h.c)) / k + (shift?.right ?? 0) - 0.5
    var down = (Double(h.d) * x + Double(h.e) * y + Double(h.f)) / k + (shift?.down ?? 0) - 0.5
    if map.fill.mode == .wrap, shift == nil {
      (right, down) = (wrapped(right, size.width), wrapped(down, size.height))
    }
    func pixel(_ row: Int, _ column: Int) -> Int? {
      // With shifts the first pixel is mirrored at its middle.
      let isMirrored = shift != nil && map.fill.mode == .reflect
      let (row, column) = isMirrored ? (abs(row), abs(column)) : (row, column)
      guard let row = map.fill.index(row, of: size.height), let column = map.fill.index(column, of: size.width) else {
        return nil
      }
      return row * size.width + column
    }
    guard map.interpolation == .bilinear else {
      return [(pixel(Int((down + 0.5).rounded(.down)), Int((right + 0.5).rounded(.down))), 1)]
    }
    let (left, top) = (right.rounded(.down), down.rounded(.down))
    let (across, along) = (right - left, down - top)
    return [(0, 0), (0, 1), (1, 0), (1, 1)].map { lower, later in
      (
        pixel(Int(top) + lower, Int(left) + later),
        (lower == 1 ? along : 1 - along) * (later == 1 ? across : 1 - across)
      )
    }
  }

  private static func wrapped(_ place: Double, _ pixels: Int) -> Double {
    guard pixels > 1 else { return 0 }
    let (size, last) = (Double(pixels), Double(pixels - 1))
    var place = place
    if place < 0 {
      place += size * ((-place / last).rounded(.down) + 1)
    } else if place > last {
      place -= size * (place / last).rounded(.down)
    }
    return min(max(place, 0), last)
  }

  package static func scale(
    _ x: Numbers, _ factors: [Float], _ offsets: [Float], _ range: ClosedRange<Float>
  ) -> Numbers {
    x.enumerated().map { place, value in
      let channel = place % factors.count
      return clip(value * Double(factors[channel]) + Double(offsets[channel]), range)
    }
  }

  package static func blend(_ x: Numbers, _ other: Numbers, _ share: Float, _ range: ClosedRange<Float>) -> Numbers {
    zip(x, other).map { clip($0 + Double(share) * ($1 - $0), range) }
  }

  package static func degenerate(_ x: Numbers, _ share: Float, _ range: ClosedRange<Float>) -> Numbers {
    pixelByPixel(x) { pixel in
      let grey = 0.2989 * pixel[0] + 0.587 * pixel[1] + 0.114 * pixel[2]
      return pixel.map { clip($0 + Double(share) * (grey - $0), range) }
    }
  }

  /// By hue, saturation and value, as textbooks have them.
  package static func recolor(_ x: Numbers, _ recoloring: Recoloring) -> Numbers {
    let (low, range) = (
      Double(recoloring.range.lowerBound), Double(recoloring.range.upperBound - recoloring.range.lowerBound)
    )
    return pixelByPixel(x) { pixel in
      let p = pixel.map { ($0 - low) / range }
      let (value, spread) = (p.max()!, p.max()! - p.min()!)
      let greatest = p.firstIndex(of: value)!
      var hue = 0.0
      if spread > 0 { hue = (Double(2 * greatest) + (p[(greatest + 1) % 3] - p[(greatest + 2) % 3]) / spread) / 6 }
      hue += Double(recoloring.hue)
      hue -= hue.rounded(.down)
      let saturation = clip(value > 0 ? spread / value * Double(recoloring.saturation) : 0, recoloring.limits)
      return (0..<3).map { channel in
        // How far the hue is from this channel's own, in sixths of a turn.
        let distance = abs((hue * 6 - Double(2 * channel)).remainder(dividingBy: 6))
        let pure = min(max(2 - distance, 0), 1)
        return value * (1 + saturation * (pure - 1)) * range + low
      }
    }
  }

  package static func posterize(_ x: Numbers, bits: Int, _ range: ClosedRange<Float>) -> Numbers {
    let step = Double(1 << (8 - bits))
    return asBytes(x, range) { (min(max($0, 0), 255) / step).rounded(.down) * step }
  }

  package static func solarize(
    _ x: Numbers, addition: Float, threshold: Float, _ range: ClosedRange<Float>
  ) -> Numbers {
    asBytes(x, range) { value in
      let value = min(max(value + Double(addition), 0), 255)
      return value < Double(threshold) ? value : 255 - value
    }
  }

  package static func convolve(
    _ x: Numbers, height: Int, width: Int, across: [Float], down: [Float]
  ) -> Numbers {
    let channels = x.count / (height * width)
    return x.indices.map { place in
      let (row, column, channel) = (place / channels / width, place / channels % width, place % channels)
      var sum = 0.0
      for (i, below) in down.enumerated() {
        for (j, beside) in across.enumerated() {
          let (y, z) = (row + i - down.count / 2, column + j - across.count / 2)
          guard (0..<height).contains(y), (0..<width).contains(z) else { continue }
          sum += Double(below) * Double(beside) * x[(y * width + z) * channels + channel]
        }
      }
      return sum
    }
  }

  private static func clip(_ value: Double, _ range: ClosedRange<Float>) -> Double {
    min(max(value, Double(range.lowerBound)), Double(range.upperBound))
  }

  private static func pixelByPixel(_ x: Numbers, _ change: (Numbers) -> Numbers) -> Numbers {
    stride(from: 0, to: x.count, by: 3).flatMap { change(Array(x[$0..<$0 + 3])) }
  }

  private static func asBytes(_ x: Numbers, _ range: ClosedRange<Float>, _ change: (Double) -> Double) -> Numbers {
    let (low, size) = (Double(range.lowerBound), Double(range.upperBound - range.lowerBound))
    return x.map { change(($0 - low) / size * 255) / 255 * size + low }
  }
}
