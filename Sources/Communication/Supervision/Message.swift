/// A message between ranks beside MPI: one line of text.
package struct Message: Hashable {
  package enum Kind: String {
    /// The rank is alive; where it stands.
    case beat
    /// The rank, or, of rank 0, one that it has heard of, is crashing: it may take a while until its link closes.
    case crashing
    /// The rank ends on purpose: when its link closes, it has not died.
    case goodbye
    /// The rank cannot go on and says why.
    case failing
    /// A failure that may be the consequence of another rank's, such as an error of MPI.
    case consequence
    /// One rank has said what happened, and ends the run.
    case verdict
  }

  package var kind: Kind
  package var standing = Supervision.Standing()
  /// The exit status that goes with a failure.
  package var code = 0
  package var text = ""

  package var line: String {
    let call = standing.call.map { [Int($0.operation.rawValue), $0.channel, $0.number] } ?? [-1, 0, 0]
    let numbers = [standing.step, Int(standing.phase.rawValue)] + call + [code]
    let seconds = [standing.phaseSeconds, standing.waitingSeconds, standing.deadline]
    let fields = [kind.rawValue] + numbers.map(String.init) + seconds.map { String($0) }
    return fields.joined(separator: " ") + " " + text.split(separator: "\n").joined(separator: " ") + "\n"
  }

  package init(_ kind: Kind, _ standing: Supervision.Standing = .init(), code: Int = 0, text: String = "") {
    (self.kind, self.standing, self.code, self.text) = (kind, standing, code, text)
  }

  /// - Parameter line: without its end; nil where it is not a message.
  package init?(_ line: some StringProtocol) {
    let fields = line.split(separator: " ", maxSplits: 10, omittingEmptySubsequences: false)
    let numbers = fields.dropFirst().prefix(6).compactMap { Int($0) }
    let seconds = fields.dropFirst(7).prefix(3).compactMap { Double($0) }
    guard fields.count == 11, numbers.count == 6, seconds.count == 3, let kind = Kind(rawValue: String(fields[0])),
      let phase = UInt8(exactly: numbers[1]).flatMap({ Supervision.Phase(rawValue: $0) })
    else { return nil }
    let call = UInt8(exactly: numbers[2]).flatMap { Operation(rawValue: $0) }.map {
      Call(operation: $0, channel: numbers[3], number: numbers[4])
    }
    self.init(
      kind,
      Supervision.Standing(
        step: numbers[0], phase: phase, phaseSeconds: seconds[0], call: call, waitingSeconds: seconds[1],
        deadline: seconds[2]), code: numbers[5], text: String(fields[10]))
  }
}
