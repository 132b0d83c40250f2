import Tensors

extension Survey {
  /// The image of a sample in bytes of red, green and blue, to look at; nil where it cannot be read.
  package func pixels(of index: Int) -> (height: Int, width: Int, bytes: [UInt8])? {
    guard let image = image(index), image.shape.rank == 3 else { return nil }
    let channels = image.shape.channels
    // Of more channels than colours have, the first one is looked at.
    let shown =
      channels == 1 || channels == 3
      ? image
      : image.with(
        image.shape.with(channels: 1), { bytes in stride(from: 0, to: bytes.count, by: channels).map { bytes[$0] } },
        { floats in stride(from: 0, to: floats.count, by: channels).map { floats[$0] } })
    let colours = shown.with(channels: 3).asBytes()
    return (colours.shape.height, colours.shape.width, colours.bytes)
  }

  /// The boxes of a sample, left, top, right and bottom as parts of its image, to look at; those that are no numbers
  /// are left out.
  package func boxes(of index: Int, height: Int, width: Int) -> [SIMD4<Float>] {
    samples[index].boxes.compactMap { box in
      guard box.numbers.count >= 4, box.numbers.allSatisfy(\.isFinite) else { return nil }
      let numbers = box.numbers.map { Float($0) }
      let edges = box.format.relative((numbers[0], numbers[1], numbers[2], numbers[3]), height: height, width: width)
      return SIMD4(edges.0, edges.1, edges.2, edges.3)
    }
  }

  /// The image of a sample as it is; nil where it cannot be read.
  func image(_ index: Int) -> Image? {
    var facts = SampleFacts()
    switch samples[index].picture {
    case nil: return nil
    case .file(let file):
      guard let bytes = try? file.bytes() else { return nil }
      return (try? ImageDecoder.examine(bytes, file.name, decoding))?.image
    case .row(let array, let row, let column): return read(array, row, column, "", &facts)
    case .sample(let source, let place):
      var memory = Sample(source.columns, ColumnSet([0]))
      guard (try? source.read(place, epoch: 0, ColumnSet([0]), into: &memory)) != nil else { return nil }
      return Image(memory, 0)
    }
  }
}
