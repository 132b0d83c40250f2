/// The work of a network in one step of a plan: forward, forward again, or backward.
struct Action: Sendable {
  enum Kind: Sendable { case forward, again, backward }

  let kind: Kind
  /// Which step.
  let step: Int
  let time: Int
}

/// The next work of a network: one action, or several that it does with one block of channels after the other.
///
/// Where consecutive layers treat every channel by itself, such as a batch norm, a depthwise convolution and another
/// batch norm, what one writes is still in the cache when the next one reads it, if they take a few channels at a time.
/// What only they read needs memory for one block.
struct Turn: Sendable {
  let actions: [Action]
  /// Empty where all channels are done at once.
  var blocks: [Range<Int>] = []

  var passCount: Int { max(1, blocks.count) }
  var times: ClosedRange<Int> { actions.first!.time...actions.last!.time }
}
