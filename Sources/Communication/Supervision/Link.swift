internal import Foundation

/// The connection between rank 0 and another rank, in lines of text. Used by one thread at a time.
package final class Link {
  let socket: Socket
  private var received: [UInt8] = []
  private(set) var isClosed = false

  init(_ socket: Socket) { self.socket = socket }

  func send(_ message: Message) { socket.send(message.line) }

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
  /// Where rank 0 listens, and the word by which it knows its own.
  private struct Offer: Codable {
    var token = UUID().uuidString
    var port: UInt16 = 0
    var host = ""
    var addresses: [String] = []
  }

  /// Connects every rank with rank 0. Collective.
  ///
  /// - Returns: on rank 0 the links by rank, elsewhere the one to rank 0; and on rank 0 the ranks that it is not connected
  ///   with.
  package static func connect(_ communicator: any Communicator) throws(CommunicationError) -> (links: [Int: Link], missing: [Int]) {
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
    let own = rank == 0 ? nil : connect(to: offer, rank: rank, onHostOf0: communicator.hostNames[rank] == offer.host)
    // Connections wait in the queue of the system until rank 0 comes to them.
    let isConnected = try communicator.allGather([rank == 0 || own != nil ? 1 : 0]).map { $0 == [1] }
    guard rank == 0 else { return (own.map { [0: $0] } ?? [:], []) }
    let links = listener.map { accept($0.socket, isConnected.count { $0 } - 1, token: offer.token) } ?? [:]
    return (links, (1..<size).filter { links[$0] == nil })
  }

  private static func connect(to offer: Offer, rank: Int, onHostOf0: Bool) -> Link? {
    guard offer.port != 0 else { return nil }
    for address in onHostOf0 ? ["127.0.0.1", "::1"] + offer.addresses : offer.addresses {
      guard let socket = Socket.connected(to: address, port: offer.port, seconds: 2) else { continue }
      socket.send("\(offer.token) \(rank)\n")
      return Link(socket)
    }
    return nil
  }

  /// Accepts so many connections; strangers do not know the token.
  private static func accept(_ listener: Socket, _ count: Int, token: String) -> [Int: Link] {
    var links: [Int: Link] = [:]
    while links.count < count, let socket = listener.accepted(seconds: 5) {
      let link = Link(socket)
      var request = pollfd(fd: socket.descriptor, events: Int16(POLLIN), revents: 0)
      guard unsafe poll(&request, 1, 2000) == 1, let bytes = socket.receive() else { continue }
      let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", maxSplits: 1)
      let words = lines.first?.split(separator: " ") ?? []
      guard words.count == 2, words[0] == token, let rank = Int(words[1]) else { continue }
      link.received = lines.count > 1 ? [UInt8](lines[1].utf8) : []
      links[rank] = link
    }
    return links
  }
}
