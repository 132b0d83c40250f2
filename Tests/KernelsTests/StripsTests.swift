import Kernels
import Tensors
import Testing

@Suite struct StripsTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let strips: Strips
    let image: Shape
    /// Images of the shard.
    let images: Int
    var testDescription: String { "\(images) images of \(image) in \(strips.count) strips of \(strips.axis)" }
  }

  static let cases = [
    Case(strips: Strips(.rows, count: 2), image: [6, 5, 3], images: 7),
    Case(strips: Strips(.columns, count: 2), image: [6, 4, 3], images: 8),
    Case(strips: Strips(.rows, count: 3), image: [12, 3, 2], images: 5),
    Case(strips: Strips(.columns, count: 5), image: [2, 10, 1], images: 2),
    Case(strips: Strips(.rows, count: 8), image: [8, 7, 4], images: 2),
    Case(strips: Strips(.columns, count: 16), image: [3, 16, 2], images: 1),
  ]

  static let halos = [
    Strips.Halo(before: 1, after: 1), Strips.Halo(before: 0, after: 2, fill: -5),
    // Reach into the strip after the next.
    Strips.Halo(before: 7, after: 3), Strips.Halo(before: 2, after: 0),
  ]

  private func fixture(_ trial: Case, _ shape: Shape, strips: Bool) -> Fixture {
    Fixture(shape: shape, live: strips ? trial.images * trial.strips.count : trial.images, border: Fixture.border)
  }

  @Test(arguments: cases)
  func imagesBecomeStripsAndBack(trial: Case) throws {
    let (strips, image) = (trial.strips, fixture(trial, trial.image, strips: false))
    let part = fixture(trial, try #require(strips.strip(of: trial.image)), strips: true)
    let (x, y) = (image.activations(seed: 1), part.output())
    strips.cut(x, into: y)
    expectEqual(y, ReferenceStrips(strips).cut(ReferenceTensor(x)), live: part.live, tolerance: 0, dead: .anything)
    let (dy, dx) = (part.gradients(seed: 2), image.output())
    strips.join(dy, into: dx)
    expectEqual(dx, ReferenceStrips(strips).join(ReferenceTensor(dy)), live: image.live, tolerance: 0, dead: .zero)
    let back = image.output()
    strips.join(y, into: back)
    for lane in 0..<image.live { #expect(back.sample(lane) == x.sample(lane)) }
  }

  @Test(arguments: cases, halos)
  func halosHoldTheEdgesOfNeighbours(trial: Case, halo: Strips.Halo) throws {
    let strips = trial.strips
    let part = fixture(trial, try #require(strips.strip(of: trial.image)), strips: true)
    let wide = fixture(trial, strips.shape(part.shape, with: halo), strips: true)
    let (x, y) = (part.activations(seed: 1), wide.output())
    let inside = y.inside(strips.border(of: halo), as: part.shape)
    Elementwise.copy(x, into: inside)
    strips.write(halo, in: y)
    expectEqual(
      y, ReferenceStrips(strips).widened(ReferenceTensor(x), halo), live: part.live, tolerance: 0, dead: .anything)
    let dy = wide.gradients(seed: 2)
    let wanted = ReferenceStrips(strips).summed(ReferenceTensor(dy), halo)
    strips.add(halo, in: dy)
    let dx = part.output()
    Elementwise.copy(dy.inside(strips.border(of: halo), as: part.shape), into: dx)
    expectEqual(dx, wanted, live: part.live, tolerance: 1e-6, dead: .zero)
  }
}
