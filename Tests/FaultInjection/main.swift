import Communication
import Foundation
import Networks
import Tensors
import Training

// A training run in which one rank goes wrong: `convoy-faults KIND RANK STEP FOLDER [KEY=VALUE]...`, under mpirun.
//
// The fault happens in a callback of that rank, after that step, or, where it is an `EdgeFault`, before the first or
// after the last one. The run ends as `convoy train` does: see the exit status there.

/// A fault to inject.
enum Fault: String, CaseIterable {
  /// A callback throws.
  case `throw`
  /// A worker traps while layers run.
  case trap
  /// SIGKILL, a write to memory that is not there, SIGSTOP.
  case kill, segv, stop
  /// A callback never returns.
  case hang
  /// A callback ends the process with status 7.
  case exit
  /// A weight that is not a number.
  case nan
  /// The lowest bit of a weight, of a batch-norm statistic, of an optimizer slot flipped.
  case weight, statistic
  /// A collective operation that the other ranks do not call.
  case barrier, sum
  /// Nothing.
  case none
}

struct FaultyCallback: Callback {
  let fault: Fault
  let rank: Int
  let step: Int
  let communicator: any Communicator
  let trainer: Trainer

  struct Failure: Error, CustomStringConvertible { let description = "a callback has failed on purpose" }

  func handle(_ event: TrainingEvent, _ report: borrowing TrainingReport) throws -> Directive {
    guard case .step = event, report.rank == rank, report.state.step == step else { return .goOn }
    switch fault {
    case .throw: throw Failure()
    case .trap:
      Thread.detachNewThread {
        Thread.sleep(forTimeInterval: 0.002)
        preconditionFailure("a layer traps on purpose")
      }
    case .kill: raise(SIGKILL)
    case .segv: unsafe UnsafeMutablePointer<Int>(bitPattern: 64)!.pointee = 1
    case .stop: raise(SIGSTOP)
    case .hang: while true { sleep(1000) }
    case .exit: Foundation.exit(7)
    case .nan: trainer.weights.trainable[0] = .nan
    case .weight: flip(trainer.weights.trainable, at: trainer.weights.trainable.count / 2)
    case .statistic: flip(trainer.weights.states, at: 0)
    case .barrier: try communicator.barrier()
    case .sum: try communicator.allReduceSum(Buffer([1, 2, 3]))
    case .none: break
    }
    return .goOn
  }

  private func flip(_ buffer: Buffer, at index: Int) {
    buffer[index] = Float(bitPattern: buffer[index].bitPattern ^ 1)
  }
}

func complain(_ sentence: String) { FileHandle.standardError.write(Data("convoy: \(sentence)\n".utf8)) }

let arguments = CommandLine.arguments
let edge = arguments.count < 2 ? nil : EdgeFault(rawValue: arguments[1])
guard arguments.count >= 5, let fault = edge == nil ? Fault(rawValue: arguments[1]) : Fault.none,
  let rank = Int(arguments[2]),
  let step = Int(arguments[3])
else {
  let kinds = Fault.allCases.map(\.rawValue) + EdgeFault.allCases.map(\.rawValue)
  complain("usage: convoy-faults \(kinds.joined(separator: "|")) RANK STEP FOLDER [KEY=VALUE]...")
  exit(64)
}

var values: [String: String] = [:]
for argument in arguments.dropFirst(5) {
  let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
  guard parts.count == 2 else {
    complain("\(argument) is not KEY=VALUE.")
    exit(64)
  }
  values[parts[0]] = parts[1]
}

var recipe = Recipe(
  model: .named(values["model"] ?? "resnet8"), data: DataChoice(train: values["train"] ?? "synthetic:4000"))
(recipe.batch, recipe.shards, recipe.epochs) = (48, 12, 1000)
recipe.optimizer.momentum = 0.9
recipe.threads = .fixed(1)
recipe.checkpoint.every = .epochs(1000)
recipe.patience = Seconds(values["patience"] ?? "4 s") ?? recipe.patience
recipe.checkEvery = values["checkEvery"].flatMap { Int($0) } ?? 3
recipe.onDesync = values["onDesync"].flatMap { Recipe.DesyncChoice(rawValue: $0) } ?? .stop
recipe.onNonFinite = values["onNonFinite"].flatMap { Recipe.NonFiniteChoice(rawValue: $0) } ?? .stop

if ProcessInfo.processInfo.environment["OMPI_COMM_WORLD_RANK"] == arguments[2] { edge?.beforeJoining() }
let communicator = try World.join()
do throws(TrainingError) {
  let trainer = try Trainer(recipe, folder: arguments[4], communicator: communicator)
  var callbacks: [any Callback] = [
    FaultyCallback(fault: fault, rank: rank, step: step, communicator: communicator, trainer: trainer)
  ]
  let summary = try trainer.train(maxSteps: step + 12, callbacks: &callbacks)
  if communicator.rank == 0 { print("weights sha256 \(summary.weightsDigest)") }
  edge?.beforeLeaving(isFaulty: communicator.rank == rank)
} catch {
  // As ConvoyCommand/Session.swift ends.
  let statuses: [TrainingError.Kind: Int32] = [.configuration: 2, .data: 3, .run: 1, .ranks: 4]
  let status = statuses[error.kind] ?? 1
  if error.isShared {
    if communicator.rank == 0 { complain("\(error)") }
    World.leave()
  } else {
    let place = status == 4 ? "" : "rank \(communicator.rank) on \(communicator.hostNames[communicator.rank]): "
    communicator.abort(code: Int(status), because: "\(place)\(error)")
  }
  exit(status)
}
