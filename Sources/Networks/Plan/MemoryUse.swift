/// The treatment of activations that backward reads, and with packed kernels. Results have the same bits in every
/// case.
public enum MemoryUse: String, Sendable, Hashable, CaseIterable, Codable {
  /// Keeps all activations, and packs kernels once per step.
  case fast
  /// Computes those again that cost next to no multiplications: normalised values, sums, activations, pooling; where it
  /// saves a tenth of the memory, also layers that take 1 % of all multiplications. Packs large kernels whenever they
  /// are read.
  case balanced
  /// Keeps what crosses a few cuts through the network, and computes the rest of each segment again when backward gets
  /// there.
  case small
}
