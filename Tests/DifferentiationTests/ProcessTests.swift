import CNumerics
import Testing

@Suite struct ProcessTests {
  @Test("A product takes one thread in every process, not only in one that a command prepared")
  func oneThread() {
    #expect(fledge_blas_threads() == 1)
  }
}
