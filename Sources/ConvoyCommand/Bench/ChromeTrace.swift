import Communication
import Foundation
import Tensors

/// One step of all ranks, as Chrome's `chrome://tracing` and Perfetto show it: a process for each rank, a thread for
/// each worker. Source of the format: Google, "Trace Event Format".
struct ChromeTrace {
  /// A complete event, times in microseconds; or, with phase `M`, the name of a process or thread.
  private struct Event: Codable {
    let name: String
    let ph: String
    var cat: String?
    var ts: Double?
    var dur: Double?
    let pid: Int
    let tid: Int
    var args: [String: String]?
  }

  private let events: [Event]

  /// Collective: gathers what every rank has recorded.
  init(_ timelines: [Timeline], _ communicator: any Communicator) throws {
    let rank = communicator.rank
    var own = [
      Event(
        name: "process_name", ph: "M", pid: rank, tid: 0,
        args: ["name": "rank \(rank) on \(communicator.hostNames[rank])"])
    ]
    for (worker, timeline) in timelines.enumerated() {
      own.append(Event(name: "thread_name", ph: "M", pid: rank, tid: worker, args: ["name": "worker \(worker)"]))
      own += timeline.events.map { event in
        Event(
          name: event.name, ph: "X", cat: event.category, ts: event.start * 1e6, dur: event.seconds * 1e6, pid: rank,
          tid: worker)
      }
    }
    let decoder = JSONDecoder()
    events = try communicator.allGather([UInt8](try JSONEncoder().encode(own))).flatMap { bytes in
      try decoder.decode([Event].self, from: Data(bytes))
    }
  }

  func write(to path: String) throws {
    try JSONEncoder().encode(["traceEvents": events]).write(to: URL(fileURLWithPath: path), options: .atomic)
  }
}
