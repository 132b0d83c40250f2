import Datasets
import Foundation
import Tensors
import Testing

/// SMOTE: further rows between those of rare classes.
@Suite struct OversampledSourceTests {
  private struct Golden: Decodable {
    let rows: [[Float]], nearest: [[Int]]
    let chosen: [Int], places: [Int], gaps: [Float]
    let made: [[Float]]
  }

  private static func table(_ rows: [[Float]], _ labels: [Int32]) -> MemorySource {
    MemorySource(
      "rows",
      [
        ColumnValues(Column("x", .numbers, .float, shape: [rows[0].count]), floats: rows.flatMap(\.self)),
        ColumnValues(.label(["common", "rare", "seldom"]), integers: labels),
      ])
  }

  private static func numbers(_ source: any DataSource, _ index: Int) throws -> [Float] {
    var sample = Sample(source.columns)
    try source.read(index, epoch: 0, .all, into: &sample)
    return sample.numbers(of: 0)
  }

  /// The neighbours and the rows between of imbalanced-learn.
  @Test func rowsAreThoseOfImbalancedLearn() throws {
    let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Fixtures/sources/smote.json")
    let golden = try JSONDecoder().decode(Golden.self, from: Data(contentsOf: path))
    let members = Array(golden.rows.indices)
    for row in members {
      #expect(OversampledSource.nearest(4, to: row, among: members, golden.rows) == golden.nearest[row])
    }
    for (index, made) in golden.made.enumerated() {
      let row = golden.chosen[index]
      let neighbour = golden.nearest[row][golden.places[index]]
      for (place, wanted) in made.enumerated() {
        let own = OversampledSource.between(
          golden.rows[row][place], golden.rows[neighbour][place], gap: golden.gaps[index])
        #expect(abs(own - wanted) <= 1e-6)
      }
    }
  }

  @Test func everyClassHasAsManyAsTheLargest() throws {
    let rows = (0..<40).map { [Float($0), Float($0 * $0 % 17)] }
    let labels = (0..<40).map { Int32($0 < 25 ? 0 : $0 < 34 ? 1 : 2) }
    let base = OversampledSourceTests.table(rows, labels)
    let source = try OversampledSource(base, neighbours: 5, seed: 3)
    #expect(source.count == 75)
    var counts = [0, 0, 0]
    for index in 0..<75 {
      let label = source.label(at: index)
      counts[label] += 1
      let numbers = try OversampledSourceTests.numbers(source, index)
      #expect(numbers == (0..<2).map { Float(source.number($0, of: 0, at: index)) })
      if index < 40 {
        #expect(numbers == rows[index])
      } else {
        // Between rows of the class.
        let own = rows.indices.filter { Int(labels[$0]) == label }.map { rows[$0] }
        for place in 0..<2 {
          #expect(own.map { $0[place] }.min()! <= numbers[place] && numbers[place] <= own.map { $0[place] }.max()!)
        }
      }
    }
    #expect(counts == [25, 25, 25])
    let again = try OversampledSource(base, neighbours: 5, seed: 3)
    let other = try OversampledSource(base, neighbours: 5, seed: 4)
    func all(_ source: any DataSource) throws -> [[Float]] {
      try (0..<75).map { try OversampledSourceTests.numbers(source, $0) }
    }
    #expect(try all(again) == all(source) && all(other) != all(source))
  }

  @Test func whatIsNoTableIsRefused() throws {
    let few = OversampledSourceTests.table((0..<12).map { [Float($0)] }, (0..<12).map { Int32($0 < 9 ? 0 : 1) })
    let error = #expect(throws: DataError.self) { try OversampledSource(few, neighbours: 5, seed: 0) }
    #expect(error?.description.contains("'rare'") == true && error?.description.contains("{smote: 2}") == true)
    let images = MemorySource(
      location: "images", shape: [1, 1, 1], samples: [1, 2, 3], labels: [0, 0, 1], classNames: ["a", "b"])
    #expect(throws: DataError.self) { try OversampledSource(images, neighbours: 1, seed: 0) }
    let plain = MemorySource(
      "rows", [ColumnValues(Column("x", .numbers, .float, shape: [1]), floats: [1, 2, 3])])
    #expect(throws: DataError.self) { try OversampledSource(plain, neighbours: 1, seed: 0) }
  }
}
