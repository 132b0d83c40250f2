/// What every other step of a bench goes without, to see what it costs.
enum Comparison {
  /// The checks of numbers and replicas.
  case checks
  /// Polling MPI, which then waits by itself.
  case polling
}
