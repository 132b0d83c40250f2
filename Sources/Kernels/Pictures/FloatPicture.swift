internal import CKernels
public import Tensors

/// One picture: `height` rows of `width` pixels, whose channels lie side by side.
public struct FloatPicture: Sendable {
  public let height: Int, width: Int, channels: Int
  public let numbers: Buffer

  /// - Parameter numbers: the memory, of at least as many floats as there are numbers.
  public init(height: Int, width: Int, channels: Int, in numbers: Buffer) {
    (self.height, self.width, self.channels) = (height, width, channels)
    self.numbers = numbers[0..<height * width * channels]
  }

  /// A black picture with memory of its own.
  public init(height: Int, width: Int, channels: Int) {
    self.init(height: height, width: width, channels: channels, in: Buffer(count: height * width * channels))
  }

  public var count: Int { numbers.count }
  public var pixels: Int { height * width }
  public var size: ImageSize { ImageSize(height: height, width: width) }

  /// A picture of the same size in other memory.
  public func like(in memory: Buffer) -> FloatPicture {
    FloatPicture(height: height, width: width, channels: channels, in: memory)
  }

  public func copy(from other: FloatPicture) {
    precondition(other.size == size && other.channels == channels)
    numbers.copy(from: other.numbers)
  }

  /// Takes one lane of a tensor.
  public func gather(_ tensor: Tensor, lane: Int) {
    let (layout, memory) = (check(tensor, lane), numbers)
    unsafe ck_picture_gather(
      tensor.pointer + lane, layout.channelStride, layout.rowStride, layout.lanes, memory.pointer, height, width,
      channels)
  }

  /// Writes one lane of a tensor.
  public func scatter(into tensor: Tensor, lane: Int) {
    let (layout, memory) = (check(tensor, lane), numbers)
    unsafe ck_picture_scatter(
      memory.pointer, tensor.pointer + lane, layout.channelStride, layout.rowStride, layout.lanes, height, width,
      channels)
  }

  private func check(_ tensor: Tensor, _ lane: Int) -> Layout {
    let layout = tensor.layout
    precondition(layout.height == height && layout.width == width && layout.channels == channels && layout.depth == 1)
    precondition((0..<layout.lanes).contains(lane))
    return layout
  }
}

/// Rows and columns of pixels.
public struct ImageSize: Hashable, Sendable {
  public let height: Int, width: Int

  public init(height: Int, width: Int) { (self.height, self.width) = (height, width) }

  /// That of (H, W, C), or of frames of it.
  public init(_ shape: Shape) { (height, width) = (shape.height, shape.width) }
}
