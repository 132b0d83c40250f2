import Kernels
import Tensors
import Testing

@Suite struct ChecksumTests {
  /// One changed bit anywhere, an exchange of two numbers and another length all show.
  @Test func changesAreSeen() {
    let values = (0..<201).map { Float($0) * 0.25 }
    let buffer = Buffer(values)
    let checksum = buffer.checksum
    #expect(Buffer(values).checksum == checksum)
    var seen: Set<UInt64> = [checksum]
    for index in 0..<values.count {
      buffer[index] = buffer[index].nextUp
      #expect(seen.insert(buffer.checksum).inserted, "a changed bit of number \(index) is not seen")
      buffer[index] = values[index]
    }
    for index in [0, 63, 136] {
      (buffer[index], buffer[index + 64]) = (values[index + 64], values[index])
      #expect(seen.insert(buffer.checksum).inserted)
      (buffer[index], buffer[index + 64]) = (values[index], values[index + 64])
    }
    #expect(buffer.checksum == checksum)
    #expect(buffer[0..<200].checksum != checksum)
    #expect(Buffer([0]).checksum != Buffer([-0.0]).checksum && Buffer([0]).checksum != Buffer([0, 0]).checksum)
  }
}
