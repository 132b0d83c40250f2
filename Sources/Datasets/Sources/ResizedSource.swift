import Tensors

/// The images of another source, resized.
struct ResizedSource: DataSource {
  private let base: any DataSource
  let shape: Shape

  /// - Parameters:
  ///   - base: byte images (H, W, C).
  ///   - shape: the wanted shape, with as many channels.
  init(_ base: any DataSource, shape: Shape) {
    precondition(
      base.element == .byte && base.shape.rank == 3 && shape.rank == 3 && base.shape.channels == shape.channels)
    (self.base, self.shape) = (base, shape)
  }

  var location: String { base.location }
  var count: Int { base.count }
  var element: SampleElement { .byte }
  var classNames: [String] { base.classNames }

  var bytesInMemory: Int { base.bytesInMemory }

  var notices: [String] { base.notices }
  var isRandom: Bool { base.isRandom }

  var labelCount: Int? { base.labelCount }

  func name(of index: Int) -> String? { base.name(of: index) }

  func label(at index: Int) -> Int { base.label(at: index) }

  func hasLabel(_ label: Int, at index: Int) -> Bool { base.hasLabel(label, at: index) }

  func stored(_ index: Int) throws(DataError) -> StoredSample { try base.stored(index) }

  func storedBytes(_ index: Int) throws(DataError) -> [UInt8] { try base.storedBytes(index) }

  func read(_ index: Int, into target: inout MutableRawSpan) throws(DataError) {
    let image = Image(shape: base.shape, bytes: try base.sample(index))
    image.resize(height: shape.height, width: shape.width, into: &target)
  }
}
