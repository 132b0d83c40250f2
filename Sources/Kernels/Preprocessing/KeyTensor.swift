public import Tensors

/// The form in which a tensor holds keys: what lookups and hashes take.
public enum KeyForm: Hashable, Sendable {
  /// Numbers, one for each key, whose fractions are cut off.
  case number
  /// Whole numbers of 64 bits as decimal text.
  case integer
  /// Text in UTF-8: the last axis are its bytes, 0 behind its end.
  case text

  /// The shape of the keys in a tensor of a shape: Keras's.
  public func keys(of shape: Shape) -> Shape { self == .number ? shape : Shape(Array(shape.dimensions.dropLast())) }

  /// A text as tensors hold it: its bytes, then 0.
  ///
  /// - Parameter capacity: at least as many as the text has bytes.
  public static func floats(of text: String, capacity: Int) -> [Float] {
    let bytes = text.utf8.map { Float($0) }
    return bytes + Array(repeating: 0, count: capacity - bytes.count)
  }
}

/// The keys of a shard.
struct KeyTensor {
  private let tensor: Tensor
  let form: KeyForm
  /// Keys of a sample.
  let places: Int
  /// The most bytes of a key.
  let capacity: Int

  init(_ tensor: Tensor, _ form: KeyForm) {
    (self.tensor, self.form) = (tensor, form)
    places = form.keys(of: tensor.shape).count
    capacity = KeyTensor.capacity(tensor.shape, form)
  }

  static func capacity(_ shape: Shape, _ form: KeyForm) -> Int {
    // The decimal digits of 64 bits and a sign.
    form == .number ? 20 : shape.channels
  }

  /// Writes the bytes of a key.
  ///
  /// - Returns: how many there are; nil for a number that is no whole one of 64 bits.
  func read(_ place: Int, lane: Int, into bytes: UnsafeMutablePointer<UInt8>) -> Int? {
    let layout = tensor.layout
    guard form != .number else {
      let value = unsafe tensor.storage.pointer[tensor.offset(of: place, lane: lane)].rounded(.towardZero)
      guard let number = Int64(exactly: value) else { return nil }
      return unsafe KeyTensor.write(number, into: bytes)
    }
    let first = tensor.offset(of: place * layout.channels, lane: lane)
    for index in 0..<layout.channels {
      let byte = unsafe UInt8(tensor.storage.pointer[first + index * layout.channelStride])
      guard byte != 0 else { return index }
      unsafe bytes[index] = byte
    }
    return layout.channels
  }

  /// A whole number as decimal text.
  static func write(_ number: Int64, into bytes: UnsafeMutablePointer<UInt8>) -> Int {
    var (rest, count) = (number.magnitude, 0)
    repeat {
      unsafe bytes[count] = UInt8(ascii: "0") + UInt8(rest % 10)
      rest /= 10
      count += 1
    } while rest > 0
    if number < 0 {
      unsafe bytes[count] = UInt8(ascii: "-")
      count += 1
    }
    var digits = unsafe UnsafeMutableBufferPointer(start: bytes, count: count)
    unsafe digits.reverse()
    return count
  }

  /// The number that decimal text is.
  static func number(_ key: UnsafeBufferPointer<UInt8>) -> Int64 {
    var (value, isNegative) = (UInt64(0), false)
    for byte in unsafe key {
      if byte == UInt8(ascii: "-") { isNegative = true } else { value = value &* 10 &+ UInt64(byte &- 48) }
    }
    return Int64(truncatingIfNeeded: isNegative ? 0 &- value : value)
  }
}

extension Tensor {
  /// Where an element of a sample, counted in Keras's order, lies in the storage.
  func offset(of element: Int, lane: Int) -> Int {
    var rest = element
    let channel = rest % layout.channels
    rest /= layout.channels
    let width = rest % layout.width
    rest /= layout.width
    return layout.offset(
      lane: lane, depth: rest / layout.height, height: rest % layout.height, width: width, channel: channel)
  }
}
