internal import CCrypto
public import Tensors

/// A running SHA-256 (FIPS 180-4), by OpenSSL.
@safe
public final class SHA256 {
  private let context: OpaquePointer

  public init() {
    guard let context = unsafe EVP_MD_CTX_new() else { fatalError("out of memory: no SHA-256 context") }
    unsafe self.context = context
    let started = unsafe EVP_DigestInit_ex(context, EVP_sha256(), nil)
    precondition(started == 1, "OpenSSL has no SHA-256")
  }

  // The last reference to this object must not go before a call on the context returns: hence withExtendedLifetime
  // below.
  deinit { unsafe EVP_MD_CTX_free(context) }

  public func update(_ bytes: UnsafeRawBufferPointer) {
    let updated = withExtendedLifetime(self) { unsafe EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) }
    precondition(updated == 1, "OpenSSL refused to continue a SHA-256")
  }

  /// The bytes of the floats, in memory order.
  public func update(_ buffer: Buffer) { unsafe buffer.withBytes { unsafe update($0) } }

  public func update(_ text: String) {
    var text = text
    text.withUTF8 { unsafe update(UnsafeRawBufferPointer($0)) }
  }

  public func update(_ bytes: [UInt8]) { unsafe bytes.withUnsafeBytes { unsafe update($0) } }

  /// The digest as 64 hexadecimal digits. Ends the computation.
  public func finish() -> String {
    var digest = [UInt8](repeating: 0, count: 32)
    let finished = withExtendedLifetime(self) { unsafe EVP_DigestFinal_ex(context, &digest, nil) }
    precondition(finished == 1, "OpenSSL refused to finish a SHA-256")
    let digits = Array("0123456789abcdef")
    return String(digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }

  public static func digest(of text: String) -> String {
    let hash = SHA256()
    hash.update(text)
    return hash.finish()
  }

  public static func digest(of bytes: [UInt8]) -> String {
    let hash = SHA256()
    hash.update(bytes)
    return hash.finish()
  }

  public static func digest(of buffer: Buffer) -> String {
    let hash = SHA256()
    hash.update(buffer)
    return hash.finish()
  }
}
