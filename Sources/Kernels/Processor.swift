internal import CKernels

/// What the vector kernels need to know about the machine.
public enum Processor {
  /// Floats per vector register: 16 with AVX-512, 8 with AVX2, 4 otherwise.
  public static let vectorFloats = Int(ck_vector_floats())
}
