import Digests
import Testing

@Suite struct SHA256Tests {
  /// FIPS 180-4's own examples.
  @Test func theStandardsExamplesHold() {
    #expect(SHA256.digest(of: "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(SHA256.digest(of: "") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
  }

  @Test func aTemporaryMayBeFinished() {
    let empty = SHA256().finish()
    #expect(empty == SHA256.digest(of: ""))
  }

  @Test func piecesGiveTheDigestOfTheWhole() {
    let pieces = SHA256()
    pieces.update("ab")
    pieces.update([UInt8(ascii: "c")])
    #expect(pieces.finish() == SHA256.digest(of: "abc"))
  }
}
