#if FLEDGE_MPI
  internal import CMPI

  /// Messages between processes that `mpirun` or `srun` has started together, by MPI.
  struct MessagePassing: Link {
    func send(_ bytes: [UInt8], to rank: Int) {
      fledge_mpi_send(bytes, Int64(bytes.count), Int32(rank))
    }

    func receive(from rank: Int) -> [UInt8] {
      let count = Int(fledge_mpi_await(Int32(rank)))
      return [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
        fledge_mpi_receive(buffer.baseAddress, Int64(count), Int32(rank))
        filled = count
      }
    }
  }
#endif

extension Crew {
  /// What this program was built with to be several processes; nil where it can be one alone.
  public static var version: String? {
    #if FLEDGE_MPI
      String(cString: fledge_mpi_version())
    #else
      nil
    #endif
  }

  /// Joins the processes that were started together.
  ///
  /// - Parameters:
  ///   - silence: Seconds without a sign of another process after which this one ends, with a line that names the other.
  ///   - code: The exit code then.
  ///   - errors: The kinds of errors that arrive elsewhere as what they are.
  ///   - wishesToStop: Whether this process was asked to stop.
  /// - Returns: This process among them; nil where the program was built without MPI.
  public static func joined(
    silence: Int, code: Int32, errors: [any TransmissibleError.Type],
    wishesToStop: @escaping @Sendable () -> Bool
  ) -> Crew? {
    #if FLEDGE_MPI
      fledge_mpi_begin(Int32(silence), code)
      var (processes, processors): (Int32, Int32) = (1, 1)
      fledge_mpi_machine(&processes, &processors)
      return Crew(
        rank: Int(fledge_mpi_rank()), of: Int(fledge_mpi_count()),
        machine: (Int(processes), Int(processors)), link: MessagePassing(), errors: errors,
        wishesToStop: wishesToStop)
    #else
      nil
    #endif
  }

  /// Leaves the others, as each of them has to before it ends.
  public static func leave() {
    #if FLEDGE_MPI
      fledge_mpi_end()
    #endif
  }
}
