import Datasets
import Tasks
import Tensors
import Testing

/// Many pictures in one.
@Suite struct ContactSheetTests {
  private static func picture(_ height: Int, _ width: Int, _ color: [UInt8]) -> Picture {
    Picture(height: height, width: width, bytes: (0..<height * width).flatMap { _ in color })
  }

  private static func color(_ picture: Picture, _ row: Int, _ column: Int) -> [UInt8] {
    let start = (row * picture.width + column) * 3
    return Array(picture.bytes[start..<start + 3])
  }

  @Test func picturesStandSideBySideAndHeadingsBeginRows() {
    var sheet = ContactSheet()
    #expect(sheet.isEmpty)
    sheet.begin("first")
    // One is enlarged to 192 pixels, one is made smaller.
    sheet.add(ContactSheetTests.picture(32, 32, [200, 0, 0]), caption: ["a.png", ""])
    sheet.add(ContactSheetTests.picture(960, 480, [0, 200, 0]), caption: [])
    sheet.begin("second")
    sheet.add(ContactSheetTests.picture(96, 96, [0, 0, 200]), caption: [String(repeating: "long ", count: 40)])
    let picture = sheet.picture
    #expect(!sheet.isEmpty && picture.width == 2 * 200 + 8)
    // Margin and heading above each row; the first one has a caption of one line.
    let first = 8 + 20
    #expect(ContactSheetTests.color(picture, first, 8) == [200, 0, 0])
    #expect(ContactSheetTests.color(picture, first + 191, 199) == [200, 0, 0])
    #expect(ContactSheetTests.color(picture, first + 100, 208) == [0, 200, 0])
    #expect(ContactSheetTests.color(picture, first + 100, 208 + 95) == [0, 200, 0])
    #expect(ContactSheetTests.color(picture, first + 100, 208 + 96) == [255, 255, 255])
    let second = 192 + 10 + 16 + 20 + first
    #expect(ContactSheetTests.color(picture, second, 8) == [0, 0, 200])
    #expect(ContactSheetTests.color(picture, second + 191, 199) == [0, 0, 200])
    #expect(picture.height == second + 192 + 10 + 8)
  }

  @Test func pictureOfNumbersTakesTheUsualRanges() {
    func bytes(_ numbers: [Float]) -> [UInt8] {
      let picture = Picture(numbers: numbers, shape: [1, numbers.count, 1])
      return stride(from: 0, to: picture.bytes.count, by: 3).map { picture.bytes[$0] }
    }
    #expect(bytes([0, 0.5, 1]) == [0, 128, 255])
    #expect(bytes([0, 51, 255]) == [0, 51, 255])
    #expect(bytes([-4, 0, 4]) == [0, 128, 255])
    #expect(bytes([.nan, 0, 1]) == [0, 0, 255])
  }
}
