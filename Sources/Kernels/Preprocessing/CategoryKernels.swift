public import Tensors

/// Categories of keys and of numbers: what Keras's layers for text and tables write.
public enum CategoryKernels {
  /// Floats of scratch that keys of a shape need.
  public static func scratch(_ shape: Shape, _ form: KeyForm) -> Int {
    (TextTokens.memory(forTextsOf: KeyTensor.capacity(shape, form)) + 3) / 4
  }

  /// Writes the categories of keys, or of the tokens of texts.
  ///
  /// - Parameters:
  ///   - tokens: nil takes every key as it is.
  ///   - live: lanes; the others become 0.
  public static func apply(
    _ input: Tensor, _ form: KeyForm, tokens: TextTokens? = nil, _ numbering: KeyNumbering,
    _ encoder: CategoryEncoder, scratch: Buffer, live: Int, into output: Tensor
  ) {
    let keys = KeyTensor(input, form)
    for lane in 0..<output.lanes {
      encoder.begin(output, lane: lane)
      guard lane < live else { continue }
      var written = 0
      unsafe forEach(keys, tokens, lane: lane, scratch: scratch) { key in
        let number = unsafe key.map { unsafe numbering.number($0) } ?? -1
        let isRoom = encoder.mode != .integers || written < output.shape.count
        if let number, isRoom { encoder.put(number, at: written, lane: lane, into: output) }
        written += 1
      }
    }
  }

  /// The keys of one sample, or the tokens of its texts.
  public static func keys(
    _ input: Tensor, _ form: KeyForm, tokens: TextTokens? = nil, lane: Int, scratch: Buffer
  ) -> [[UInt8]] {
    var all: [[UInt8]] = []
    unsafe forEach(KeyTensor(input, form), tokens, lane: lane, scratch: scratch) { key in
      if let key = unsafe key { unsafe all.append(Array(key)) }
    }
    return all
  }

  /// - Parameter body: given nil for a number that is no key.
  private static func forEach(
    _ keys: KeyTensor, _ tokens: TextTokens?, lane: Int, scratch: Buffer,
    _ body: (UnsafeBufferPointer<UInt8>?) -> Void
  ) {
    precondition(4 * scratch.count >= TextTokens.memory(forTextsOf: keys.capacity), "too little scratch")
    unsafe scratch.withBytes { bytes in
      for place in 0..<keys.places {
        guard let count = unsafe keys.read(place, lane: lane, into: bytes) else {
          unsafe body(nil)
          continue
        }
        guard let tokens else {
          unsafe body(UnsafeBufferPointer(start: bytes, count: count))
          continue
        }
        unsafe tokens.forEach(in: bytes, count: count, capacity: keys.capacity) { unsafe body($0) }
      }
    }
  }

  /// What TensorFlow's crossing begins with.
  private static let crossingKey: UInt64 = 0xdeca_fcaf_fe

  /// Bins of several keys that belong together (TensorFlow's `cross_hashed`): texts count by their fingerprints, whole
  /// numbers as they are.
  public static func cross(
    _ inputs: [Tensor], _ forms: [KeyForm], bins: Int, _ encoder: CategoryEncoder, scratch: Buffer, live: Int,
    into output: Tensor
  ) {
    let lanes = output.lanes
    for lane in 0..<lanes {
      encoder.begin(output, lane: lane)
      guard lane < live else { continue }
      var crossed: UInt64? = crossingKey
      for (input, form) in zip(inputs, forms) {
        let keys = KeyTensor(input, form)
        let print: UInt64? = unsafe scratch.withBytes { bytes in
          guard let count = unsafe keys.read(0, lane: lane, into: bytes) else { return nil }
          let key = unsafe UnsafeBufferPointer(start: UnsafePointer(bytes), count: count)
          return unsafe form == .text ? Fingerprint.of(key) : UInt64(bitPattern: KeyTensor.number(key))
        }
        guard let print else {
          crossed = nil
          break
        }
        crossed = Fingerprint.crossing(crossed!, print)
      }
      let number = crossed.map { Int($0 % UInt64(bins)) } ?? -1
      encoder.put(number, at: 0, lane: lane, into: output)
    }
  }

  /// Writes the categories of numbers.
  ///
  /// - Parameters:
  ///   - boundaries: sorted; the category is how many of them are not above the number. Nil takes whole numbers.
  ///   - weights: how often each counts; nil for once.
  public static func apply(
    _ input: Tensor, boundaries: [Float]?, weights: Tensor?, _ encoder: CategoryEncoder, live: Int,
    into output: Tensor
  ) {
    for lane in 0..<output.lanes {
      encoder.begin(output, lane: lane)
      guard lane < live else { continue }
      for place in 0..<input.shape.count {
        let value = unsafe input.storage.pointer[input.offset(of: place, lane: lane)]
        let number = boundaries.map { count(of: $0, upTo: value) } ?? Int(exactly: value.rounded(.towardZero)) ?? -1
        let weight = unsafe weights.map { unsafe $0.storage.pointer[$0.offset(of: place, lane: lane)] } ?? 1
        encoder.put(number, at: place, weight: weight, lane: lane, into: output)
      }
    }
  }

  /// -1 for what is no number.
  private static func count(of boundaries: [Float], upTo value: Float) -> Int {
    guard !value.isNaN else { return -1 }
    var (low, high) = (0, boundaries.count)
    while low < high {
      let middle = (low + high) / 2
      if boundaries[middle] <= value { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension Buffer {
  /// The memory as bytes.
  fileprivate func withBytes<Result>(_ body: (UnsafeMutablePointer<UInt8>) -> Result) -> Result {
    let bytes = unsafe UnsafeMutableRawPointer(pointer)
    return unsafe body(bytes.bindMemory(to: UInt8.self, capacity: 4 * count))
  }
}
