internal import CMPI
import Glibc

/// The gate to MPI as a whole: its start, its end, its requests, and the one check of its return codes.
enum MPILibrary {
  /// Starts MPI. At exit it is finalized, or, if the exit status is not zero, the other ranks are ended too: they would
  /// wait for this one for ever.
  static func start() throws(CommunicationError) {
    // On one machine Open MPI would look for network cards for 0.2 s, only to use shared memory. The user's choice wins.
    if LaunchEnvironment.current.isOnOneMachine { unsafe setenv("OMPI_MCA_pml", "ob1", 0) }
    var provided: Int32 = 0
    try check(unsafe MPI_Init_thread(nil, nil, CMPI_THREAD_MULTIPLE(), &provided), "MPI_Init_thread")
    unsafe on_exit(
      { status, _ in
        if status == 0 { MPILibrary.finalize() } else { MPILibrary.abort(code: Int(status)) }
      }, nil)
    guard provided >= CMPI_THREAD_MULTIPLE() else {
      throw .threadLevel(provided: Int(provided), required: Int(CMPI_THREAD_MULTIPLE()))
    }
    try check(unsafe MPI_Comm_set_errhandler(CMPI_COMM_WORLD(), CMPI_ERRORS_RETURN()), "MPI_Comm_set_errhandler")
  }

  /// Whether MPI was started and not yet finalized.
  static var isRunning: Bool {
    var (initialized, finalized): (Int32, Int32) = (0, 0)
    unsafe MPI_Initialized(&initialized)
    unsafe MPI_Finalized(&finalized)
    return initialized != 0 && finalized == 0
  }

  static func finalize() {
    if isRunning { MPI_Finalize() }
  }

  static func abort(code: Int) {
    if isRunning { unsafe MPI_Abort(CMPI_COMM_WORLD(), Int32(truncatingIfNeeded: code)) }
  }

  static func test(_ request: inout MPI_Request?, _ operation: StaticString) throws(CommunicationError) -> Bool {
    var flag: Int32 = 0
    try check(unsafe MPI_Test(&request, &flag, CMPI_STATUS_IGNORE()), operation)
    return flag != 0
  }

  static func wait(_ request: inout MPI_Request?, _ operation: StaticString) throws(CommunicationError) {
    try check(unsafe MPI_Wait(&request, CMPI_STATUS_IGNORE()), operation)
  }

  /// Turns MPI's code into an error with MPI's own text.
  static func check(_ code: Int32, _ operation: StaticString) throws(CommunicationError) {
    guard code != CMPI_SUCCESS() else { return }
    var text = [CChar](repeating: 0, count: Int(CMPI_MAX_ERROR_STRING()))
    var length: Int32 = 0
    unsafe MPI_Error_string(code, &text, &length)
    let bytes = text.prefix(Int(length)).map { UInt8(bitPattern: $0) }
    throw .failed(operation: "\(operation)", text: String(decoding: bytes, as: UTF8.self))
  }
}
