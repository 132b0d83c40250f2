internal import CAffinity
import Glibc

/// On which processors of its machine a process may run, and how a thread stays on one of them.
public enum Affinity {
  /// The processors in this process's mask when it was first asked for; of cores with two hardware threads, the second
  /// ones come last.
  public static let processors: [Int] = {
    let allowed = current
    let keyed = allowed.map { processor in
      (processor: processor, place: siblings(of: processor).count { $0 < processor })
    }
    return keyed.sorted { ($0.place, $0.processor) < ($1.place, $1.processor) }.map(\.processor)
  }()

  /// Whether somebody, such as `mpirun`, has bound this process to some of the machine's processors.
  public static let isBound = processors.count < Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))

  /// Keeps the calling thread on one processor; threads that it starts later inherit that, unless they call `release`.
  ///
  /// - Returns: whether the system has done it.
  @discardableResult
  public static func pin(to processor: Int) -> Bool {
    precondition(processors.contains(processor), "processor \(processor) is not this process's")
    return set([processor])
  }

  /// Lets the calling thread run on all processors of the process.
  @discardableResult
  public static func release() -> Bool { set(processors) }

  /// Bytes of a mask: 8,192 processors.
  private static let maskSize = 1024

  /// Where the calling thread may run now, in ascending order.
  public static var current: [Int] {
    var bytes = [UInt8](repeating: 0, count: maskSize)
    guard unsafe affinity_get(&bytes, bytes.count) >= 0 else { return [0] }
    return (0..<maskSize * 8).filter { bytes[$0 / 8] >> UInt8($0 % 8) & 1 == 1 }
  }

  private static func set(_ processors: [Int]) -> Bool {
    var bytes = [UInt8](repeating: 0, count: maskSize)
    for processor in processors { bytes[processor / 8] |= 1 << UInt8(processor % 8) }
    return unsafe affinity_set(bytes, bytes.count) == 0
  }

  /// The hardware threads of a processor's core, itself included, as Linux lists them: `0-1` or `0,64`.
  private static func siblings(of processor: Int) -> [Int] {
    let path = "/sys/devices/system/cpu/cpu\(processor)/topology/thread_siblings_list"
    guard let file = unsafe fopen(path, "r") else { return [processor] }
    defer { unsafe fclose(file) }
    var line = [UInt8](repeating: 0, count: 256)
    let count = unsafe fread(&line, 1, line.count, file)
    let text = String(decoding: line[..<count], as: UTF8.self)
    return text.split { $0 == "," || $0 == "\n" }.flatMap { part in
      let ends = part.split(separator: "-").compactMap { Int($0) }
      return ends.count == 2 ? Array(ends[0]...max(ends[0], ends[1])) : ends
    }
  }
}
