import Foundation
import Kernels
import Tensors
import Testing

@Suite struct LocalResponseTests {
  @Test(arguments: Fixture.all, [0, 1, 2]) func localResponseAgreesWithItsFormula(fixture: Fixture, radius: Int) {
    let x = fixture.activations(seed: 3)
    let dy = fixture.gradients(seed: 4)
    let response = LocalResponse(radius: radius, bias: 1.5, alpha: 0.3, beta: 0.75)
    let y = fixture.output(border: Border(top: 1))
    let dx = fixture.output(border: Border(left: 1))
    response.apply(x, into: y)
    let channels = fixture.shape.channels
    let reference = ReferenceTensor(x)
    let slopes = ReferenceTensor(dy)
    func near(_ channel: Int) -> ClosedRange<Int> { max(0, channel - radius)...min(channels - 1, channel + radius) }
    func value(_ tensor: ReferenceTensor, _ lane: Int, _ position: Int, _ channel: Int) -> Double {
      tensor.element(lane, position: position, channel: channel)
    }
    func size(_ lane: Int, _ position: Int, _ channel: Int) -> Double {
      near(channel).reduce(Double(Float(1.5))) {
        $0 + Double(Float(0.3)) * value(reference, lane, position, $1) * value(reference, lane, position, $1)
      }
    }
    let expected = reference.map { $0 * pow(size($1, $2, $3), -0.75) }
    expectEqual(y, expected, live: fixture.live, tolerance: 2e-6, dead: .anything)
    response.differentiate(
      input: x, gradient: dy, scratch: unwritten(LocalResponse.scratchCount(channels: channels)), into: dx)
    let derivative = reference.map { x, lane, position, channel in
      let sum = near(channel).reduce(0.0) {
        $0 + value(slopes, lane, position, $1) * value(reference, lane, position, $1)
          * pow(size(lane, position, $1), -1.75)
      }
      return value(slopes, lane, position, channel) * pow(size(lane, position, channel), -0.75)
        - 2 * Double(Float(0.3)) * 0.75 * x * sum
    }
    expectEqual(dx, derivative, live: fixture.live, tolerance: 5e-6, dead: .zero)
  }
}
