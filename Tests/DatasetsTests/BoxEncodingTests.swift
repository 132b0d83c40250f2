import Datasets
import Tensors
import Testing

@Suite struct BoxEncodingTests {
  static let boxes: [SIMD4<Float>] = [[0, 0, 1, 1], [0.25, 0.5, 0.75, 0.625], [0.1, 0.2, 0.11, 0.9]]

  @Test(arguments: BoxEncoding.allCases) func thereAndBack(_ encoding: BoxEncoding) {
    for box in Self.boxes {
      let found = SIMD4<Float>(encoding.decode(SIMD4<Double>(encoding.encode(box))))
      #expect((0..<4).allSatisfy { abs(found[$0] - box[$0]) < 1e-6 }, "\(box) became \(found)")
    }
    #expect(BoxEncoding(format: encoding.format, isSquareRoot: encoding.isSquareRoot) == encoding)
  }

  @Test func numbers() {
    let box: SIMD4<Float> = [0.25, 0.5, 0.5, 0.5625]
    #expect(BoxEncoding.yxyx.encode(box) == [0.5, 0.25, 0.5625, 0.5])
    #expect(BoxEncoding.xywh.encode(box) == [0.25, 0.5, 0.25, 0.0625])
    #expect(BoxEncoding.centerXYWH.encode(box) == [0.375, 0.53125, 0.25, 0.0625])
    #expect(BoxEncoding.xywhSqrt.encode(box) == [0.25, 0.5, 0.5, 0.25])
    #expect(BoxEncoding.centerXYWHSqrt.encode(box) == [0.375, 0.53125, 0.5, 0.25])
    #expect(BoxEncoding(format: "xyxy", isSquareRoot: true) == nil)
    #expect(BoxEncoding(format: "xywh_sqrt", isSquareRoot: true) == nil)
    #expect(BoxEncoding(format: "xywh_sqrt", isSquareRoot: false) == nil)
  }

  /// Behind every transform the network gets the same boxes as without an encoding, encoded; what follows the four
  /// numbers stays, and so do rows without a box.
  @Test(arguments: TransformTests.written, BoxEncoding.allCases)
  func loadedBehindTransforms(_ text: String, _ encoding: BoxEncoding) throws {
    let transforms = try TransformTests.transforms(text)
    let plain = try TransformTests.load(TransformTests.rectangles(), transforms)
    let encoded = try TransformTests.load(TransformTests.rectangles(encoding: encoding), transforms)
    for (plain, encoded) in zip(plain.joined(), encoded.joined()) {
      let (plain, encoded) = try (#require(plain), #require(encoded))
      #expect(plain.image == encoded.image && plain.mask == encoded.mask && plain.others == encoded.others)
      for row in stride(from: 0, to: plain.boxes.count, by: 5) {
        let wanted = encoding.encode(SIMD4(plain.boxes[row..<row + 4]))
        let isBox = plain.boxes[row] < plain.boxes[row + 2]
        #expect(SIMD4(encoded.boxes[row..<row + 4]) == (isBox ? wanted : SIMD4(repeating: 0)))
        #expect(encoded.boxes[row + 4] == plain.boxes[row + 4])
      }
    }
  }
}
