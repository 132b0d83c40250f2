import Foundation

/// libFuzzer calls this with one input after the other. The target is the environment's `CONVOY_FUZZ_TARGET`.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  unsafe driver.read([UInt8](UnsafeBufferPointer(start: data, count: count)))
  return 0
}

private struct Driver {
  let target: FuzzTarget
  let folder: FuzzFolder

  init() {
    let name = ProcessInfo.processInfo.environment["CONVOY_FUZZ_TARGET"] ?? ""
    guard let target = FuzzTarget(rawValue: name), let folder = try? FuzzFolder() else {
      preconditionFailure("'\(name)' is no target; start this with launch/fuzz")
    }
    (self.target, self.folder) = (target, folder)
    atexit { driver.folder.remove() }
  }

  func read(_ bytes: [UInt8]) { target.read(bytes, in: folder) }
}

private let driver = Driver()
