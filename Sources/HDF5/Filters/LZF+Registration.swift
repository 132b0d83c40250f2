import CHDF5

extension LZF {
  /// Gives the filter to the library, for reading. Under the lock of `Library`.
  static func register() {
    var filter = H5Z_class2_t()
    filter.version = H5Z_CLASS_T_VERS
    filter.id = LZF.filter
    filter.decoder_present = 1
    unsafe filter.filter = { flags, _, _, count, capacity, buffer in
      guard flags & UInt32(H5Z_FLAG_REVERSE) != 0, let old = unsafe buffer?.pointee else { return 0 }
      let input = unsafe [UInt8](UnsafeRawBufferPointer(start: old, count: count))
      guard let size = LZF.count(of: input), size > 0, let output = LZF.decompress(input, count: size),
        let new = unsafe H5allocate_memory(size, false)
      else { return 0 }
      unsafe new.copyMemory(from: output, byteCount: size)
      unsafe H5free_memory(old)
      unsafe buffer?.pointee = new
      unsafe capacity?.pointee = size
      return size
    }
    _ = unsafe H5Zregister(&filter)
  }
}
