import Glibc

/// How this process was started, as the environment says.
public struct LaunchEnvironment: Sendable {
  /// Whether a launcher that MPI can talk to started this process.
  public let hasLauncher: Bool
  /// Number of ranks that were started, where the environment tells.
  public let ranks: Int?
  /// Those on this machine, or all where the environment does not tell.
  public let localRanks: Int
  /// Whether Open MPI says that all ranks run on this machine.
  public let isOnOneMachine: Bool
  /// How long the ranks may take to meet, in seconds, where the environment tells.
  let patience: Double?
  /// This process's rank, where the environment tells.
  let rank: Int?

  /// - Parameter variable: looks up an environment variable.
  public init(_ variable: (String) -> String?) {
    // Open MPI's mpirun, PMIx (also Slurm's srun --mpi=pmix), and PMI (MPICH's mpiexec, srun --mpi=pmi2).
    hasLauncher = ["OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK"].contains { variable($0) != nil }
    // SLURM_STEP_NUM_TASKS exists inside srun only; a batch script sees SLURM_NTASKS but is itself one process.
    ranks =
      ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"].compactMap(variable).compactMap { Int($0) }.first
    localRanks =
      ["OMPI_COMM_WORLD_LOCAL_SIZE", "MPI_LOCALNRANKS"].compactMap(variable).compactMap { Int($0) }.first ?? ranks ?? 1
    isOnOneMachine = ranks != nil && variable("OMPI_COMM_WORLD_LOCAL_SIZE").flatMap { Int($0) } == ranks
    rank = ["OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK"].compactMap(variable).compactMap { Int($0) }.first
    patience = variable(StartWatch.variable).flatMap { Double($0) }.flatMap { $0 > 0 ? $0 : nil }
  }

  /// The environment of this process.
  public static var current: LaunchEnvironment {
    LaunchEnvironment { name in unsafe getenv(name).map { unsafe String(cString: $0) } }
  }
}
