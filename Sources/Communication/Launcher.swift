import Glibc
import Synchronization
import TemporaryFiles

/// The mpirun that started this process, told by PMIx that the job is over.
///
/// Of a process that ends with a status other than 0, Open MPI's mpirun says so in eleven lines, and of MPI_Abort in
/// eight, below our own sentence. A job that a rank aborts through PMIx ends with its status and without a word.
enum Launcher {
  private typealias Initialize = @convention(c) (UnsafeMutableRawPointer?, UnsafeMutableRawPointer?, Int) -> Int32
  private typealias Abort = @convention(c) (Int32, UnsafePointer<CChar>?, UnsafeMutableRawPointer?, Int) -> Int32

  private static let status = Atomic<Int32>(0)

  /// Ends all processes of the job with a status, this one included. Returns where mpirun cannot be told.
  static func end(status: Int32) {
    TemporaryName.removeAll()
    // Others, such as Slurm's srun, have words of their own for an abort.
    guard unsafe getenv("OMPI_COMM_WORLD_SIZE") != nil, unsafe getenv("PMIX_NAMESPACE") != nil else { return }
    // While MPI runs it must be its own library, or mpirun would see another process.
    let isRunning = MPILibrary.isRunning
    guard let library = unsafe dlopen("libpmix.so.2", RTLD_NOW | (isRunning ? RTLD_NOLOAD : 0)),
      let initialize = unsafe dlsym(library, "PMIx_Init"), let abort = unsafe dlsym(library, "PMIx_Abort")
    else { return }
    // Should mpirun not answer, this process ends by itself, and mpirun the others.
    Launcher.status.store(status, ordering: .relaxed)
    signal(SIGALRM) { _ in _exit(Launcher.status.load(ordering: .relaxed)) }
    alarm(5)
    if !isRunning { guard unsafe unsafeBitCast(initialize, to: Initialize.self)(nil, nil, 0) == 0 else { return } }
    guard unsafe unsafeBitCast(abort, to: Abort.self)(status, nil, nil, 0) == 0 else { return }
    _exit(status)
  }
}
