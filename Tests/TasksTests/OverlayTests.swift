import Foundation
import Tasks
import Testing

@Suite struct OverlayTests {
  private func gradient(_ height: Int, _ width: Int) -> Picture {
    var bytes: [UInt8] = []
    for row in 0..<height {
      for column in 0..<width {
        bytes += [UInt8(column * 255 / width), UInt8(row * 255 / height), 120]
      }
    }
    return Picture(height: height, width: width, bytes: bytes)
  }

  /// Where CONVOY_OVERLAYS names a folder, the pictures are left there, to be looked at.
  private func keep(_ picture: Picture, _ name: String) throws {
    guard let folder = ProcessInfo.processInfo.environment["CONVOY_OVERLAYS"] else { return }
    try Data(picture.png()).write(to: URL(filePath: "\(folder)/\(name).png"))
  }

  @Test func masksHaveALegend() throws {
    var picture = gradient(240, 320)
    let classes = (0..<60 * 80).map { place in place / 80 < 20 ? 0 : place % 80 < 40 ? 1 : 11 }
    let prediction = MaskPrediction(
      classes: classes, height: 60, width: 80, names: ["sky", "building (old)"] + (2..<12).map { "class \($0)" })
    prediction.draw(on: &picture)
    // Three classes are there, so three lines.
    #expect(picture.height == 240 + 3 * 12 && picture.width == 320)
    #expect(prediction.text == "sky 33.33 %, building (old) 33.33 %, class 11 33.33 %")
    try keep(picture, "mask")
  }

  @Test func boxesHaveNames() throws {
    for (name, box) in [
      ("box", Box(left: 0.2, top: 0.3, right: 0.7, bottom: 0.8)),
      ("box-corner", Box(left: 0.85, top: 0, right: 1.2, bottom: 0.2)),
      ("box-none", Box(left: 0.5, top: 0.5, right: 0.5, bottom: 0.5)),
      ("box-wrong", Box(left: 0.9, top: 0.9, right: 0.1, bottom: 0.1)),
    ] {
      var picture = gradient(480, 640)
      let before = picture
      BoxPrediction(
        box: box, classes: ClassPrediction([0.03, 0.97], names: ["platelet", "white cell"], top: 1)
      ).draw(on: &picture)
      #expect(picture != before && picture.height == 480)
      try keep(picture, name)
    }
    var picture = gradient(480, 640)
    let before = picture
    BoxPrediction(box: Box(left: .nan, top: 0, right: 1, bottom: 1), classes: nil).draw(on: &picture)
    #expect(picture == before)
  }

  @Test func numbersAndClassesAreWritten() throws {
    var picture = gradient(120, 200)
    NumberPrediction([31.5, -2e-6], names: ["age", "size |~{}"], column: "x").draw(on: &picture)
    try keep(picture, "numbers")
    picture = gradient(500, 700)
    ClassPrediction([0.7, 0.2, 0.1], names: ["Käse & Co.", "dog", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"], top: 3).draw(
      on: &picture)
    try keep(picture, "classes")
  }
}
