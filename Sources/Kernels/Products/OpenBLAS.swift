internal import Glibc

/// OpenBLAS, loaded at run time with kernels for this processor.
///
/// A linked OpenBLAS chooses its kernels before `main`, among those for processors that its version knew: 0.3.21 takes
/// the ones for SSE3 on newer Xeons with AVX-512. The kernels are part of what decides the last bits of a product, so
/// they follow from the instructions that the processor has, as those of this package do. `OPENBLAS_CORETYPE` chooses
/// others.
@safe
struct OpenBLAS: @unchecked Sendable {
  /// `cblas_sgemm`: order, transpositions, m, n, k, alpha, A and its stride, B and its stride, beta, C and its stride.
  typealias Product =
    @convention(c) (
      UInt32, UInt32, UInt32, Int32, Int32, Int32, Float, UnsafePointer<Float>?, Int32, UnsafePointer<Float>?, Int32,
      Float,
      UnsafeMutablePointer<Float>?, Int32
    ) -> Void
  private typealias Name = @convention(c) () -> UnsafePointer<CChar>?

  /// Constants of the C binding.
  static let rowMajor: UInt32 = 101
  static let plain: UInt32 = 111
  static let transposed: UInt32 = 112

  let product: Product
  /// Of the kernels, such as `SkylakeX`.
  let kernels: String

  /// Throws where the library is not installed.
  static let library = Result { () throws(OpenBLASError) in try OpenBLAS() }

  /// Puts into the environment what the library reads when it is loaded. Call it before there are other threads, which
  /// may be reading the environment.
  static let environment: Void = {
    let vectors = [16: "SkylakeX", 8: "Haswell"][Processor.vectorFloats]
    if let vectors { unsafe setenv("OPENBLAS_CORETYPE", vectors, 0) }
    // The workers are the parallelism: it would start a thread for every core in each of them.
    unsafe setenv("OPENBLAS_NUM_THREADS", "1", 0)
  }()

  private init() throws(OpenBLASError) {
    _ = OpenBLAS.environment
    guard let library = unsafe dlopen("libopenblas.so.0", RTLD_LAZY | RTLD_LOCAL) else { throw OpenBLASError.current }
    func symbol<Function>(_ name: String, as type: Function.Type) throws(OpenBLASError) -> Function {
      guard let symbol = unsafe dlsym(library, name) else { throw OpenBLASError.current }
      return unsafe unsafeBitCast(symbol, to: type)
    }
    product = unsafe try symbol("cblas_sgemm", as: Product.self)
    let name = unsafe try symbol("openblas_get_corename", as: Name.self)()
    kernels = unsafe name.map { unsafe String(cString: $0) } ?? "unknown"
  }
}

/// OpenBLAS is not there.
struct OpenBLASError: Error, CustomStringConvertible {
  let description: String

  static var current: OpenBLASError {
    let reason = unsafe dlerror().map { unsafe String(cString: $0) } ?? "no reason was given"
    return OpenBLASError(
      description: "OpenBLAS cannot be loaded (\(reason)); install it, on Debian the package libopenblas0.")
  }
}
