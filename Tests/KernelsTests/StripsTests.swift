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

  struct Move: CustomTestStringConvertible, Sendable {
    let move: StripMove
    /// The images that are read and that are written, whole.
    let image: Shape, result: Shape
    let images: Int
    var testDescription: String {
      "\(images) images of \(image) in \(move.source.count) to \(result) in \(move.target.count) of \(move.target.axis)"
    }
  }

  static let moves =
    cases.flatMap { trial in
      let whole = Strips(trial.strips.axis, count: 1)
      return [StripMove(from: whole, to: trial.strips), StripMove(from: trial.strips, to: whole)].map {
        Move(move: $0, image: trial.image, result: trial.image, images: trial.images)
      }
    } + [
      // Other strips of the same image, of a part of it, and of it with zeros around.
      Move(
        move: StripMove(from: Strips(.rows, count: 4), to: Strips(.rows, count: 3)), image: [12, 5, 2],
        result: [12, 5, 2], images: 4),
      Move(
        move: StripMove(from: Strips(.rows, count: 4), to: Strips(.rows, count: 5), rows: 1, columns: 2),
        image: [12, 5, 2], result: [10, 3, 2], images: 3),
      Move(
        move: StripMove(from: Strips(.columns, count: 3), to: Strips(.columns, count: 7), rows: -2, columns: -1),
        image: [4, 12, 2], result: [7, 14, 2], images: 2),
      Move(
        move: StripMove(from: Strips(.columns, count: 2), to: Strips(.rows, count: 1), rows: -1, columns: 3),
        image: [4, 8, 3], result: [6, 4, 3], images: 8),
      Move(
        move: StripMove(from: Strips(.rows, count: 1), to: Strips(.rows, count: 8), rows: -6, columns: 0),
        image: [20, 3, 1], result: [32, 3, 1], images: 2),
    ]

  @Test(arguments: moves)
  func imagesMoveIntoOtherStrips(trial: Move) throws {
    let move = trial.move
    let source = Fixture(
      shape: try #require(move.source.strip(of: trial.image)), live: trial.images * move.source.count,
      border: Fixture.border)
    let target = Fixture(
      shape: try #require(move.target.strip(of: trial.result)), live: trial.images * move.target.count,
      border: Fixture.border)
    let (x, y) = (source.activations(seed: 1), target.output())
    move(x, into: y)
    let wanted = ReferenceStrips(move.source).moved(ReferenceTensor(x), by: move, to: trial.result)
    expectEqual(y, wanted, live: target.live, tolerance: 0, dead: .anything)
    let (dy, dx) = (target.gradients(seed: 2), source.output())
    move.reversed(dy, into: dx)
    let slopes = ReferenceStrips(move.target).moved(ReferenceTensor(dy), by: move.reversed, to: trial.image)
    expectEqual(dx, slopes, live: source.live, tolerance: 0, dead: .zero)
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
