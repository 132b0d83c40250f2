internal import Glibc
import Synchronization

/// A library for images that few data sets hold, loaded when the first of them is met: linked, they and what they need
/// would take the time to find their symbols at every start.
enum ImageLibrary: String, CaseIterable {
  case gif = "libgif.so.7"
  case tiff = "libtiff.so.6"
  case webp = "libwebp.so.7"
  case webpDemux = "libwebpdemux.so.2"

  /// Its name in Debian.
  private var package: String {
    switch self {
    case .gif: "libgif7"
    case .tiff: "libtiff6"
    case .webp: "libwebp7"
    case .webpDemux: "libwebpdemux2"
    }
  }

  /// Libraries that are loaded, by the addresses of their handles.
  private static let loaded = Mutex<[ImageLibrary: Int]>([:])

  /// The handle that `dlopen` gives.
  ///
  /// - Parameter place: the file that needs it.
  func handle(for place: String) throws(DataError) -> UnsafeMutableRawPointer {
    let address = ImageLibrary.loaded.withLock { loaded in
      if loaded[self] == nil {
        loaded[self] = unsafe dlopen(rawValue, RTLD_NOW | RTLD_LOCAL).map { Int(bitPattern: $0) }
      }
      return loaded[self]
    }
    if let address { return unsafe UnsafeMutableRawPointer(bitPattern: address)! }
    let reason = unsafe dlerror().map { unsafe String(cString: $0) } ?? "no reason was given"
    throw DataError(
      place, "needs the library \(rawValue), which cannot be loaded (\(reason))",
      remedy: "install it, on Debian the package \(package)")
  }
}
