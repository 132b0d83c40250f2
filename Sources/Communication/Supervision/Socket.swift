import Glibc

/// A stream socket that never blocks. Closed when the last reference goes.
@safe
final class Socket: @unchecked Sendable {
  let descriptor: Int32

  private init(_ descriptor: Int32) {
    self.descriptor = descriptor
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
  }

  deinit { close(descriptor) }

  /// Listens on all interfaces, on a port that the system chooses; nil where the system has no network.
  static func listening(backlog: Int) -> (socket: Socket, port: UInt16)? {
    for family in [AF_INET6, AF_INET] {
      let descriptor = Glibc.socket(family, Int32(SOCK_STREAM.rawValue), 0)
      guard descriptor >= 0 else { continue }
      let socket = Socket(descriptor)
      if family == AF_INET6 {
        // IPv4 as well.
        var off: Int32 = 0
        unsafe setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &off, 4)
      }
      var address = sockaddr_storage()
      address.ss_family = UInt16(family)
      var length = socklen_t(family == AF_INET6 ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size)
      let port: UInt16? = unsafe withUnsafeMutablePointer(to: &address) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
          guard unsafe bind(descriptor, pointer, length) == 0, listen(descriptor, Int32(min(backlog, 4096))) == 0,
            unsafe getsockname(descriptor, pointer, &length) == 0
          else { return nil }
          // The port lies at the same place in addresses of both families.
          return unsafe UnsafeRawPointer(pointer).loadUnaligned(fromByteOffset: 2, as: UInt16.self).byteSwapped
        }
      }
      if let port { return (socket, port) }
    }
    return nil
  }

  /// The numeric addresses of this machine's interfaces, the loopback's last.
  static var ownAddresses: [String] {
    var list: UnsafeMutablePointer<ifaddrs>?
    guard unsafe getifaddrs(&list) == 0 else { return [] }
    defer { unsafe freeifaddrs(list) }
    var (addresses, loopback): ([String], [String]) = ([], [])
    var next = unsafe list
    while let entry = unsafe next?.pointee {
      unsafe next = entry.ifa_next
      guard let address = unsafe entry.ifa_addr, unsafe entry.ifa_flags & UInt32(IFF_UP) != 0 else { continue }
      let family = unsafe Int32(address.pointee.sa_family)
      guard family == AF_INET || family == AF_INET6 else { continue }
      let length = family == AF_INET6 ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size
      var name = [CChar](repeating: 0, count: 256)
      guard unsafe getnameinfo(address, socklen_t(length), &name, 256, nil, 0, NI_NUMERICHOST) == 0 else { continue }
      let text = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      // Addresses of one link mean nothing without the interface, which has another number elsewhere.
      guard !text.contains("%") else { continue }
      if unsafe entry.ifa_flags & UInt32(IFF_LOOPBACK) != 0 { loopback.append(text) } else { addresses.append(text) }
    }
    return addresses + loopback
  }

  /// A connection; nil where none is made in time.
  static func connected(to address: String, port: UInt16, seconds: Double) -> Socket? {
    var hints = unsafe addrinfo()
    unsafe hints.ai_flags = AI_NUMERICHOST
    unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    guard unsafe getaddrinfo(address, String(port), &hints, &list) == 0, let entry = unsafe list else { return nil }
    defer { unsafe freeaddrinfo(list) }
    let descriptor = unsafe Glibc.socket(entry.pointee.ai_family, entry.pointee.ai_socktype, 0)
    guard descriptor >= 0 else { return nil }
    let socket = Socket(descriptor)
    guard unsafe connect(descriptor, entry.pointee.ai_addr, entry.pointee.ai_addrlen) != 0 else { return socket }
    guard errno == EINPROGRESS else { return nil }
    var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    guard unsafe poll(&request, 1, Int32(seconds * 1000)) == 1 else { return nil }
    var (failure, length): (Int32, socklen_t) = (0, 4)
    unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failure, &length)
    return failure == 0 ? socket : nil
  }

  /// The next connection; nil where none is made in time.
  func accepted(seconds: Double) -> Socket? {
    var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard unsafe poll(&request, 1, Int32(seconds * 1000)) == 1 else { return nil }
    let connection = accept(descriptor, nil, nil)
    return connection >= 0 ? Socket(connection) : nil
  }

  /// Sends what the system takes at once; short lines go whole or, where nobody reads for long, not at all.
  func send(_ text: String) {
    _ = unsafe Array(text.utf8).withUnsafeBytes { bytes in
      unsafe Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
    }
  }

  /// What has arrived: nil where the other end is closed, empty where there is nothing.
  func receive() -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = unsafe bytes.withUnsafeMutableBytes { bytes in
      unsafe recv(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_DONTWAIT))
    }
    if count > 0 { return Array(bytes[..<count]) }
    return count < 0 && (errno == EAGAIN || errno == EINTR) ? [] : nil
  }
}
