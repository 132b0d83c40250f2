internal import CMPI
internal import Tensors

/// A non-blocking operation under way. It must be waited for, or tested until it is complete; dropping it before ends
/// the program, because its buffers could be freed while data still arrives in them.
@safe
public struct Request: ~Copyable {
  @safe
  enum State {
    case complete
    case mpi(MPI_Request?, name: StaticString, Call, Supervision)
    case inProcess(InProcessOperation, InProcessGroup, Supervision)
  }

  private var state: State
  /// Kept alive until the operation is complete.
  private let buffers: (Buffer?, Buffer?)
  private let segments: (Segments?, Segments?)

  init(_ state: consuming State, buffers: (Buffer?, Buffer?), segments: (Segments?, Segments?)) {
    self.state = state
    self.buffers = buffers
    self.segments = segments
  }

  /// An operation that was complete when it returned.
  static var completed: Request { Request(.complete, buffers: (nil, nil), segments: (nil, nil)) }

  deinit {
    if !isComplete { fatalError("a communication request was dropped before it was complete; wait for it or test it") }
  }

  public var isComplete: Bool {
    if case .complete = state { true } else { false }
  }

  /// Advances the operation without blocking; true once it is complete.
  public mutating func test() throws(CommunicationError) -> Bool {
    switch state {
    case .complete: return true
    case .mpi(var request, let name, let call, let supervision):
      // After an error MPI has given the request up, and so do we.
      state = .complete
      if try unsafe MPILibrary.test(&request, name) { return true }
      state = unsafe .mpi(request, name: name, call, supervision)
      return false
    case .inProcess(let operation, let group, let supervision):
      state = .complete
      if try group.test(operation) { return true }
      state = .inProcess(operation, group, supervision)
      return false
    }
  }

  /// Returns when the operation is complete.
  public consuming func wait() throws(CommunicationError) {
    // MPI still writes into them.
    defer { withExtendedLifetime((buffers, segments)) {} }
    let pending = state
    state = .complete
    switch pending {
    case .complete: return
    case .mpi(var request, let name, let call, let supervision):
      supervision.beginWaiting(call)
      defer { supervision.endWaiting() }
      try unsafe MPILibrary.wait(&request, name)
    case .inProcess(let operation, let group, let supervision): try group.wait(for: operation, supervision)
    }
  }

  /// Gives the operation up after an error elsewhere. MPI cannot cancel it, so its memory is never freed.
  public consuming func abandon() {
    guard !isComplete else { return }
    state = .complete
    for case let buffer? in [buffers.0, buffers.1] { _ = unsafe Unmanaged.passRetained(buffer.arena) }
    for case let segments? in [segments.0, segments.1] { _ = unsafe Unmanaged.passRetained(segments) }
  }
}
