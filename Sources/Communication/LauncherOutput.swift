import Glibc

/// Where a launcher on this machine passes on what its ranks write.
package enum LauncherOutput {
  /// Whether a program behind a pipe, such as `head`, has ended that was to read what mpirun passes on. Open MPI's
  /// mpirun ends all ranks when it has failed some ten times to write there, and a rank notices nothing before.
  ///
  /// - Parameter descriptor: the standard output or the standard error.
  package static func hasLostReader(of descriptor: Int32) -> Bool {
    guard LaunchEnvironment.current.hasLauncher else { return false }
    let path = "/proc/\(getppid())/fd/\(descriptor)"
    var information = stat()
    guard unsafe stat(path, &information) == 0, information.st_mode & S_IFMT == S_IFIFO else { return false }
    let copy = unsafe open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
    // A pipe with a name that nobody reads cannot be opened to write.
    guard copy >= 0 else { return errno == ENXIO }
    defer { close(copy) }
    var request = pollfd(fd: copy, events: Int16(POLLOUT), revents: 0)
    return unsafe poll(&request, 1, 0) == 1 && Int32(request.revents) & POLLERR != 0
  }
}
