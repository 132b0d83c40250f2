import Communication
import Foundation
import Kernels
import Tensors

/// Findings about this machine: what it offers to a training, and what keeps it from being fast.
enum MachineFindings {
  static func all() -> [Finding] {
    [processor, processors, rate, bandwidth, memory, hugePages, library, launcher].map { $0() }
  }

  private static func processor() -> Finding {
    let name = field("model name", in: "/proc/cpuinfo") ?? "unknown"
    let width = Processor.vectorFloats
    return Finding(
      subject: "processor", fact: "\(name), vectors of \(width) floats",
      advice: width == 16 ? nil : "Kernels were tuned for AVX-512; results are right here, at a lower speed.")
  }

  private static func processors() -> Finding {
    let count = Affinity.processors.count
    return Finding(subject: "processors", fact: "\(count) to use\(Affinity.isBound ? ", bound by the launcher" : "")")
  }

  /// One core alone, then all at once: hardware threads and quotas show here.
  private static func rate() -> Finding {
    let alone = (0..<5).map { _ in Processor.measureMultiplyAdds() }.max()!
    let rates = rates(of: WorkerPool(count: Affinity.processors.count))
    let share = rates.reduce(0, +) / Double(rates.count) / alone
    let fact = "\(gigaflops(alone)) GFLOP/s on one, \(gigaflops(rates.reduce(0, +))) on all \(rates.count) at once"
    return Finding(
      subject: "multiply-adds", fact: fact,
      advice: share > 0.75
        ? nil
        : "All at once give \(Int(share * 100)) % each: other programs, a quota, or hardware threads; use fewer "
          + "workers."
    )
  }

  private static func rates(of pool: WorkerPool) -> [Double] {
    let results = Buffer(count: pool.count)
    pool.run { worker in results[worker] = Float((0..<20).map { _ in Processor.measureMultiplyAdds() }.max()!) }
    return results.values.map(Double.init)
  }

  private static func bandwidth() -> Finding {
    let (source, target) = (Buffer(count: 1 << 25), Buffer(count: 1 << 25))
    source.fill(1)
    let best = (0..<4).map { _ in
      let start = ContinuousClock.now
      target.copy(from: source)
      return (ContinuousClock.now - start) / .seconds(1)
    }.min()!
    let rate = 2 * Double(source.count) * 4 / best * 1e-9
    return Finding(subject: "memory speed", fact: String(format: "%.1f GB/s read and written by one core", rate))
  }

  private static func memory() -> Finding {
    let kilobytes = field("MemAvailable", in: "/proc/meminfo").flatMap { Int($0.split(separator: " ")[0]) } ?? 0
    return Finding(subject: "memory", fact: "\((kilobytes * 1024).bytes) available")
  }

  private static func hugePages() -> Finding {
    let path = "/sys/kernel/mm/transparent_hugepage/enabled"
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    let choice = text.split(separator: "[").last?.split(separator: "]").first.map(String.init) ?? "unknown"
    return Finding(
      subject: "huge pages", fact: choice,
      advice: choice == "never" ? "Ask for 'madvise' in \(path): large matrices run some per cent faster." : nil)
  }

  private static func library() -> Finding {
    let kernels = GEMM.processor
    let isSlow =
      Processor.vectorFloats == 16 && !["SkylakeX", "Cooperlake", "SapphireRapids", "Zen4"].contains(kernels)
    return Finding(
      subject: "OpenBLAS", fact: "kernels for \(kernels)",
      advice: isSlow
        ? "This processor has AVX-512: unset OPENBLAS_CORETYPE on all ranks, and OpenBLAS will use it." : nil)
  }

  private static func launcher() -> Finding {
    guard let path = Executable.find("mpirun") else {
      return Finding(subject: "mpirun", fact: "not found", advice: "Install Open MPI, such as the package openmpi-bin.")
    }
    let version = (try? Executable.output(path, ["--version"]))?.split(separator: "\n").first.map(String.init)
    return Finding(subject: "mpirun", fact: version ?? path)
  }

  private static func gigaflops(_ multiplyAdds: Double) -> Int { Int((2e-9 * multiplyAdds).rounded()) }

  /// The first `name: value` of a file of the system.
  private static func field(_ name: String, in path: String) -> String? {
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix(name) }
    return line?.split(separator: ":", maxSplits: 1).last.map { $0.trimmingCharacters(in: .whitespaces) }
  }
}
