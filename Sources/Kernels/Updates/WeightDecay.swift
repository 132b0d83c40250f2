/// How weights are pulled towards zero.
public enum WeightDecay: Hashable, Sendable {
  case none
  /// g + decay * w takes the place of the gradient g (L2 regularisation, PyTorch's SGD).
  case coupled(Float)
  /// w -= rate * decay * w before the step (Loshchilov and Hutter, "Decoupled weight decay regularization", ICLR 2019).
  case decoupled(Float)
}
