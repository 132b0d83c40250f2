internal import Foundation

/// The connection between rank 0 and another rank, in lines of text. Used by one thread at a time.
package final class Link {
  let socket: Socket
  private var received: [UInt8] = []
  private(set) var isClosed = false
  private var hasSpoken = false

  init(_ socket: Socket) { self.socket = socket }

  package func send(_ message: Message) { socket.send(message.line) }

  /// The messages that have arrived.
  func receive() -> [Message] {
    guard !isClosed else { return [] }
    while true {
      guard let bytes = socket.receive() else {
        isClosed = true
        break
      }
      if bytes.isEmpty { break }
      received += bytes
    }
    return takeLines().compactMap { Message($0) }
  }

  private func takeLines() -> [String] {
    guard let end = received.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
    let text = String(decoding: received[..<end], as: UTF8.self)
    received.removeFirst(end + 1)
    return text.split(separator: "\n").map(String.init)
  }
}

extension Link {
  /// Where rank 0 listens, and the words by which it and the others know each other.
  private struct Offer: Codable {
    var question = UUID().uuidString
    var answer = UUID().uuidString
    var port: UInt16 = 0
    var host = ""
    var addresses: [String] = []

    /// In which rank 0 has met everybody that can meet it, in seconds.
    var patience: Double { Double(addresses.count + 2) * Link.connecting + Link.answering }
  }

  /// For one address, in seconds.
  private static let connecting = 2.0
  /// For rank 0, which may have little of its processor, in seconds.
  private static let answering = 10.0

  /// Connects every rank with rank 0. Collective.
  ///
  /// - Returns: on rank 0 the links by rank, elsewhere the one to rank 0; and on rank 0 the ranks that it is not
  ///   connected with.
  package static func connect(_ communicator: any Communicator) throws(CommunicationError) -> (
    links: [Int: Link], missing: [Int]
  ) {
    let (rank, size) = (communicator.rank, communicator.size)
    let listener = rank == 0 ? Socket.listening(backlog: 2 * size) : nil
    var offer = Offer()
    if let listener {
      offer.port = listener.port
      (offer.host, offer.addresses) = (communicator.hostNames[0], Socket.ownAddresses)
    }
    guard let text = try? JSONEncoder().encode(offer) else { preconditionFailure("an offer that cannot be written") }
    let bytes = try communicator.broadcast([UInt8](text), from: 0)
    guard let offer = try? JSONDecoder().decode(Offer.self, from: Data(bytes)) else {
      throw .failed(operation: "connecting the heartbeats", text: "rank 0 has sent something else")
    }
    var links: [Int: Link] = [:]
    if let listener {
      links = accept(listener.socket, size, offer)
    } else if rank > 0, let link = connect(to: offer, rank: rank, onHostOf0: communicator.hostNames[rank] == offer.host)
    {
      links[0] = link
    }
    // A rank that has waited for the answer in vain has closed its end.
    let isConnected = try communicator.allGather([rank == 0 || !links.isEmpty ? 1 : 0]).map { $0 == [1] }
    guard rank == 0 else { return (links, []) }
    links = links.filter { isConnected[$0.key] }
    return (links, (1..<size).filter { links[$0] == nil })
  }

  /// Tries one address after the other. Machines may have the same address for different networks, behind which
  /// somebody else may listen: only rank 0 knows the answer.
  private static func connect(to offer: Offer, rank: Int, onHostOf0: Bool) -> Link? {
    guard offer.port != 0 else { return nil }
    for address in onHostOf0 ? ["127.0.0.1", "::1"] + offer.addresses : offer.addresses {
      guard let socket = Socket.connected(to: address, port: offer.port, seconds: connecting) else { continue }
      socket.send("\(offer.question) \(rank)\n")
      let link = Link(socket)
      if link.firstLine(seconds: answering) == offer.answer { return link }
    }
    return nil
  }

  /// Answers ranks until all are there or time is up; strangers do not know the question, and keep nobody waiting.
  private static func accept(_ listener: Socket, _ size: Int, _ offer: Offer) -> [Int: Link] {
    let start = SuspendingClock.now
    var links: [Int: Link] = [:]
    var strangers: [Link] = []
    while links.count < size - 1, start.age < offer.patience {
      if let socket = listener.accepted(seconds: strangers.isEmpty ? 0.2 : 0.01) { strangers.append(Link(socket)) }
      for link in strangers {
        guard let line = link.firstLine(seconds: 0) else { continue }
        let words = line.split(separator: " ")
        guard words.count == 2, words[0] == offer.question, let rank = Int(words[1]), (1..<size).contains(rank) else {
          continue
        }
        link.socket.send("\(offer.answer)\n")
        links[rank] = link
      }
      strangers.removeAll { stranger in
        stranger.isClosed || stranger.hasSpoken || links.values.contains { $0 === stranger }
      }
    }
    return links
  }

  /// What the other end says first; nil where it says nothing in time.
  private func firstLine(seconds: Double) -> String? {
    let start = SuspendingClock.now
    while true {
      if let bytes = socket.receive() { received += bytes } else { isClosed = true }
      if let end = received.firstIndex(of: UInt8(ascii: "\n")) {
        defer { received.removeFirst(end + 1) }
        hasSpoken = true
        return String(decoding: received[..<end], as: UTF8.self)
      }
      let left = seconds - start.age
      guard !isClosed, left > 0, received.count < 256 else { return nil }
      var request = pollfd(fd: socket.descriptor, events: Int16(POLLIN), revents: 0)
      _ = unsafe poll(&request, 1, Int32(left * 1000) + 1)
    }
  }
}
