/// Masks, boxes and lines of text on an image.
extension Picture {
  /// Colors every pixel half by its class and writes a legend below: the classes that are there, with their names.
  ///
  /// - Parameters:
  ///   - classes: the class of each pixel of a map, row by row; below 0 it is of none. A map of another size than the
  ///     picture is read at the nearest pixel.
  ///   - hasLegend: whether the names of the classes are written below.
  package mutating func draw(
    mask classes: [Int], height mapHeight: Int, width mapWidth: Int, names: [Int: String], hasLegend: Bool = true
  ) {
    precondition(classes.count == mapHeight * mapWidth)
    for row in 0..<height {
      for column in 0..<width {
        let number = classes[row * mapHeight / height * mapWidth + column * mapWidth / width]
        if number >= 0 { self[row, column] = self[row, column].mixed(with: .ofClass(number)) }
      }
    }
    guard hasLegend else { return }
    drawLegend(Set(classes.filter { $0 >= 0 }).sorted().map { ($0, names[$0] ?? String($0)) })
  }

  /// A line for each class below the picture: its color and its name.
  package mutating func drawLegend(_ entries: [(number: Int, name: String)]) {
    let (scale, top) = (self.scale, height)
    let line = (BitmapFont.height + 4) * scale
    let longest = entries.map { Picture.textWidth($0.name, scale: scale) }.max() ?? 0
    extend(below: line * entries.count, minimumWidth: longest + 20 * scale)
    for (index, entry) in entries.enumerated() {
      let row = top + index * line
      fill(row + 2 * scale..<row + line - 2 * scale, 4 * scale..<14 * scale, .ofClass(entry.number))
      write(entry.name, row: row + 2 * scale, column: 18 * scale, .black, scale: scale)
    }
  }

  /// Outlines a box and writes a label on its upper edge, inside of it where there is no room above.
  ///
  /// - Parameter box: in shares of the picture's width and height.
  package mutating func draw(_ box: Box, number: Int, label: String) {
    func pixel(_ share: Double, _ size: Int) -> Int { Int((min(1, max(0, share)) * Double(size)).rounded()) }
    guard [box.left, box.top, box.right, box.bottom].allSatisfy(\.isFinite) else { return }
    let (left, top) = (pixel(min(box.left, box.right), width), pixel(min(box.top, box.bottom), height))
    let (right, bottom) = (pixel(max(box.left, box.right), width), pixel(max(box.top, box.bottom), height))
    let (color, scale) = (Color.ofClass(number), self.scale)
    outline(top..<max(bottom, top + 1), left..<max(right, left + 1), color, thickness: 2 * scale)
    guard !label.isEmpty else { return }
    let (tall, wide) = ((BitmapFont.height + 2) * scale, Picture.textWidth(label, scale: scale) + 2 * scale)
    let row = top >= tall ? top - tall : top
    // A label that would leave the picture at the right begins further left.
    let column = max(0, min(left, width - wide))
    fill(row..<row + tall, column..<column + wide, color)
    write(label, row: row + scale, column: column + 2 * scale, color.ink, scale: scale)
  }

  /// Lines of text in the upper left corner.
  mutating func draw(lines: [String]) {
    let scale = self.scale
    let line = (BitmapFont.height + 2) * scale
    for (index, text) in lines.enumerated() {
      fill(index * line..<(index + 1) * line, 0..<Picture.textWidth(text, scale: scale) + 3 * scale, .black)
      write(text, row: index * line + scale, column: 2 * scale, .white, scale: scale)
    }
  }
}
