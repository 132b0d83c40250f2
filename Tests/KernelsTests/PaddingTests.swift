import Kernels
import Testing

@Suite struct PaddingTests {
  /// Values of `keras.layers.MaxPooling2D` and `Conv2D`.
  @Test func followsKeras() {
    #expect(Padding.same.windows(over: 5, size: 3, stride: 2) == (3, 1, 1))
    #expect(Padding.same.windows(over: 6, size: 3, stride: 2) == (3, 0, 1))
    #expect(Padding.same.windows(over: 224, size: 7, stride: 2) == (112, 2, 3))
    #expect(Padding.same.windows(over: 5, size: 1, stride: 3) == (2, 0, 0))
    #expect(Padding.same.windows(over: 8, size: 3, stride: 1, dilation: 2) == (8, 2, 2))
    #expect(Padding.causal.windows(over: 5, size: 3, stride: 2, dilation: 2) == (3, 4, 0))
    #expect(Padding.causal.windows(over: 6, size: 1, stride: 2) == (3, 0, 0))
    #expect(Padding.valid.windows(over: 5, size: 2, stride: 2) == (2, 0, 0))
    #expect(Padding.valid.windows(over: 8, size: 3, stride: 1, dilation: 2) == (4, 0, 0))
    #expect(Padding.valid.windows(over: 2, size: 3, stride: 1) == (0, 0, 0))
  }
}
