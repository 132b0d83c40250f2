internal import Glibc

/// A library for images that few data sets hold, loaded when the first of them is met: linked, they and what they need
/// would take the time to find their symbols at every start.
enum ImageLibrary: String, CaseIterable {
  case gif = "libgif.so.7"
  case tiff = "libtiff.so.6"
  case webp = "libwebp.so.7"
  case webpDemux = "libwebpdemux.so.2"

  /// What Debian calls it.
  private var package: String {
    switch self {
    case .gif: "libgif7"
    case .tiff: "libtiff6"
    case .webp: "libwebp7"
    case .webpDemux: "libwebpdemux2"
    }
  }

  /// As `dlopen` gives it. The dynamic loader opens a library once, and counts who has asked.
  ///
  /// - Parameter place: the file that needs it.
  func handle(for place: String) throws(DataError) -> UnsafeMutableRawPointer {
    if let handle = unsafe dlopen(rawValue, RTLD_NOW | RTLD_LOCAL) { return unsafe handle }
    let reason = unsafe dlerror().map { unsafe String(cString: $0) } ?? "no reason was given"
    throw DataError(
      place, "needs the library \(rawValue), which cannot be loaded (\(reason))",
      remedy: "install it, on Debian the package \(package)")
  }
}
