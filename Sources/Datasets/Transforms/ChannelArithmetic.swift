/// The arithmetic on the numbers of a column on their way into a network, channel by channel:
/// value = stored * factor + offset.
struct ChannelArithmetic: Sendable {
  let factors: [Float], offsets: [Float]
  /// Whether the last stored channel is the first: BGR of RGB.
  var reversesChannels = false

  /// Numbers as they are.
  init(channels: Int) {
    (factors, offsets) = (Array(repeating: 1, count: channels), Array(repeating: 0, count: channels))
  }

  init(factors: [Float], offsets: [Float], reversesChannels: Bool) {
    (self.factors, self.offsets, self.reversesChannels) = (factors, offsets, reversesChannels)
  }
}
