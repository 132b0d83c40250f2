import Kernels
import Tensors
import Testing

@Suite struct ConvolutionGeometryTests {
  @Test func samePaddingHasTheExtraCellAtTheEnd() {
    let even = ConvolutionGeometry(
      input: [32, 32, 16], filters: 32, kernel: [3, 3], strides: [2, 2],
      padding: .same)
    #expect(even.output == [16, 16, 32])
    #expect(even.paddingBefore == .zero && even.paddingAfter == Axes(depth: 0, height: 1, width: 1))
    #expect(even.inputBorder == Border(bottom: 1, right: 1))
    let odd = ConvolutionGeometry(
      input: [33, 31, 16], filters: 32, kernel: [3, 3], strides: [2, 2],
      padding: .same)
    #expect(odd.output == [17, 16, 32])
    #expect(odd.paddingBefore == Axes(depth: 0, height: 1, width: 1))
  }

  @Test func bordersAreWhatTapsReach() {
    let same = ConvolutionGeometry(input: [28, 28, 1], filters: 6, kernel: [5, 5], padding: .same)
    #expect(same.inputBorder == Border(top: 2, bottom: 2, left: 2, right: 2))
    #expect(same.outputGradientBorder == Border(top: 2, bottom: 2, left: 2, right: 2))
    let valid = ConvolutionGeometry(input: [14, 12], filters: 16, kernel: [5], padding: .valid)
    #expect(valid.output == [10, 16])
    #expect(valid.inputBorder == .none)
    #expect(valid.outputGradientBorder == Border(left: 4, right: 4))
    let pointwise = ConvolutionGeometry(
      input: [32, 32, 16], filters: 32, kernel: .one, strides: [2, 2], padding: .same)
    #expect(pointwise.inputBorder == .none && pointwise.outputGradientBorder == .none)
  }

  @Test func countsFollowTheShapes() {
    let grouped = ConvolutionGeometry(
      input: [8, 8, 16], filters: 32, kernel: [3, 3], groups: 4, padding: .same)
    #expect(grouped.kernelCount == 3 * 3 * 4 * 32)
    #expect(grouped.multiplications == 8 * 8 * 32 * 3 * 3 * 4)
    let volume = ConvolutionGeometry(
      input: [4, 6, 8, 2], filters: 3, kernel: [2, 2, 2], padding: .valid)
    #expect(volume.output == [3, 5, 7, 3])
  }
}
