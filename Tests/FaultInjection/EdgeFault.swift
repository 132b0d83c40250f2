import CMPI
import Foundation

/// A rank that is lost before the first step or after the last one.
enum EdgeFault: String, CaseIterable {
  /// SIGKILL instead of joining the others, while the rank connects with mpirun, and once MPI has started: the ranks
  /// have not met yet.
  case absent, connecting, started
  /// SIGKILL or SIGSTOP instead of leaving with the others.
  case leaving, stopLeaving
  /// SIGKILL after the rank has said that it leaves, while it waits for the others.
  case left

  /// On the rank that goes wrong.
  func beforeJoining() {
    switch self {
    case .absent: raise(SIGKILL)
    // Its first socket.
    case .connecting:
      die {
        (Int32(3)..<64).contains { descriptor in
          var status = stat()
          return unsafe fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
        }
      }
    case .started:
      die {
        var isStarted: Int32 = 0
        unsafe MPI_Initialized(&isStarted)
        return isStarted != 0
      }
    case .leaving, .stopLeaving, .left: break
    }
  }

  func beforeLeaving(isFaulty: Bool) {
    switch self {
    case .leaving, .stopLeaving:
      guard isFaulty else { break }
      Thread.sleep(forTimeInterval: 0.5)
      raise(self == .leaving ? SIGKILL : SIGSTOP)
    case .left:
      let end = Date(timeIntervalSinceNow: 0.5)
      if isFaulty { die { Date.now > end } } else { Thread.sleep(forTimeInterval: 1.5) }
    case .absent, .connecting, .started: break
    }
  }

  /// Ends this process as soon as something is so.
  private func die(when isSo: @escaping @Sendable () -> Bool) {
    Thread.detachNewThread {
      while !isSo() {}
      raise(SIGKILL)
    }
  }
}
