/// A part that every other step of a bench goes without, which shows its cost.
enum Comparison {
  /// The checks of numbers and replicas.
  case checks
  /// Polling MPI, which then waits by itself.
  case polling
}
