internal import CKernels

/// The processor, as far as the vector kernels need to know it.
public enum Processor {
  /// Floats per vector register: 16 with AVX-512, 8 with AVX2, 4 otherwise.
  public static let vectorFloats = Int(ck_vector_floats())

  /// Multiply-adds per second of one core, measured for about a millisecond: the bound that kernels are held against.
  ///
  /// The clock moves and other processes disturb, so take the largest of several, in turn with what is compared.
  public static func measureMultiplyAdds() -> Double {
    let rounds = 200_000
    var result: Float = 0
    let start = ContinuousClock.now
    unsafe ck_multiply_add(rounds, Int32(vectorFloats), &result)
    let elapsed = (ContinuousClock.now - start).components
    let seconds = Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18
    return Double(rounds * (vectorFloats == 16 ? 24 * 16 : 12 * 8)) / seconds
  }
}
