import Communication
import Datasets
import Foundation
import HDF5
import Keras
import Training

/// The ranks of a command, and how they end together.
struct Session {
  let communicator: any Communicator
  let vote: Vote

  var isFirst: Bool { communicator.rank == 0 }
  var hostName: String { communicator.hostNames[communicator.rank] }

  /// Runs a command on all ranks. Where it fails, one sentence is said and the process ends with the status of the
  /// error's kind.
  static func run(_ body: (Session) throws -> Void) {
    let communicator: any Communicator
    do {
      communicator = try World.join()
    } catch {
      Output.complain(error.description)
      exit(ExitStatus.failure.rawValue)
    }
    do {
      try body(Session(communicator: communicator, vote: Vote(communicator)))
    } catch {
      end(error, communicator)
    }
  }

  /// Runs a command that is for one process only.
  static func runAlone(_ name: String, _ body: () throws -> Void) {
    do {
      guard LaunchEnvironment.current.ranks ?? 1 == 1 else {
        guard Launch.rank == 0 else { World.end(status: ExitStatus.configuration.rawValue) }
        throw TrainingError(.configuration, "convoy \(name) is one process; start it without mpirun.")
      }
      try body()
    } catch {
      Output.complain(String(describing: error))
      World.end(status: status(error).rawValue)
    }
  }

  /// Runs what may fail on some ranks, and fails on all if it does.
  func agree<Value>(_ kind: TrainingError.Kind, _ body: () throws -> Value) throws(TrainingError) -> Value {
    try vote.agree { () throws(TrainingError) in
      do {
        return try body()
      } catch let error as TrainingError {
        throw error
      } catch {
        throw TrainingError(error is ConfigurationError ? .configuration : kind, String(describing: error))
      }
    }
  }

  /// Runs on the first rank what it does for all, such as to look at a folder; where it fails, all ranks fail alike.
  /// Collective.
  ///
  /// - Returns: nil on the other ranks.
  func onFirst<Value>(_ kind: TrainingError.Kind, _ body: () throws -> Value) throws(TrainingError) -> Value? {
    var (value, failure): (Value?, TrainingError?)
    if isFirst {
      do {
        value = try body()
      } catch {
        failure = error as? TrainingError ?? TrainingError(kind, String(describing: error))
      }
    }
    do {
      let text = failure.map { "\($0.kind.rawValue):\($0.description)" } ?? ""
      let shared = String(decoding: try communicator.broadcast([UInt8](text.utf8), from: 0), as: UTF8.self)
      guard let colon = shared.firstIndex(of: ":") else { return value }
      failure = TrainingError(
        TrainingError.Kind(rawValue: String(shared[..<colon])) ?? kind, String(shared[shared.index(after: colon)...]),
        isShared: true)
    } catch {
      throw TrainingError(.ranks, "\(error)")
    }
    throw failure!
  }

  /// Makes the folder that a command writes files into, and keeps it for this one. Collective.
  ///
  /// - Parameters:
  ///   - folder: nil where none is wanted.
  ///   - names: of the files.
  ///   - inputs: paths that the command reads.
  func claim(
    _ folder: String?, _ names: [String], for command: String, inputs: [String?], overwrite: OverwriteOptions
  ) throws(TrainingError) -> FolderLock? {
    guard let folder else { return nil }
    return try onFirst(.configuration) {
      try RunFolder(path: folder).make()
      let lock = try FolderLock.take(folder, for: command, host: hostName)
      try Destination.require(names, in: folder, inputs: inputs, overwrite: overwrite)
      return lock
    } ?? nil
  }

  /// Ends all ranks with a status that they agree on. Collective.
  static func end(with status: ExitStatus) -> Never {
    World.leave()
    World.end(status: status.rawValue)
  }

  private static func end(_ error: any Error, _ communicator: any Communicator) -> Never {
    let status = status(error)
    if (error as? TrainingError)?.isShared == true || communicator.size == 1 {
      if communicator.rank == 0 { Output.complain(String(describing: error)) }
      end(with: status)
    } else {
      // The others know nothing of this and would wait for ever.
      let (rank, host) = (communicator.rank, communicator.hostNames[communicator.rank])
      // What went wrong between ranks names them itself.
      let place = status == .ranks ? "" : "rank \(rank) on \(host): "
      communicator.abort(code: Int(status.rawValue), because: "\(place)\(error)")
    }
    exit(status.rawValue)
  }

  private static func status(_ error: any Error) -> ExitStatus {
    switch error {
    case let error as TrainingError: ExitStatus(error.kind)
    case is ConfigurationError: .configuration
    case is KerasError, is HDF5Error, is DataError: .data
    case is CommunicationError: .ranks
    default: .failure
    }
  }
}
