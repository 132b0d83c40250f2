import Datasets
import Tensors
import Testing

/// Keras's `preprocess_input` on bytes of RGB.
@Suite struct PreprocessingModeTests {
  /// A sample as the network gets it: row-major, channels last.
  private func prepared(_ mode: Preprocessing.Mode, _ augmentations: [Augmentation] = []) throws -> [Float] {
    var source = CountingSource(count: 3)
    source.shape = [2, 2, 3]
    let preparation = try Preparation(for: source, Preprocessing(mode: mode), augmentations: augmentations, seed: 5)
    let sampler = Sampler(count: 3, batch: 3, shards: 1, shuffledBy: nil)
    let loader = Loader(source, sampler: sampler, shards: 0..<1, preparation: preparation, to: 3)
    return try #require(try loader.next()).shards[0].inputs[0].sample(1)
  }

  private func stored() -> [Double] {
    var source = CountingSource(count: 3)
    source.shape = [2, 2, 3]
    return (0..<12).map { Double(source.byte(1, $0)) }
  }

  private func isNear(_ values: [Float], _ wanted: [Double]) -> Bool {
    values.count == wanted.count && zip(values, wanted).allSatisfy { abs(Double($0) - $1) < 1e-4 }
  }

  @Test func modesAreKeras() throws {
    let pixels = stored()
    #expect(isNear(try prepared(.tf), pixels.map { $0 / 127.5 - 1 }))
    #expect(isNear(try prepared(Preprocessing.Mode.none), pixels))
    let (mean, deviation) = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
    #expect(isNear(try prepared(.torch), pixels.indices.map { (pixels[$0] / 255 - mean[$0 % 3]) / deviation[$0 % 3] }))
    let colour = [103.939, 116.779, 123.68]
    #expect(isNear(try prepared(.caffe), pixels.indices.map { pixels[$0 / 3 * 3 + 2 - $0 % 3] - colour[$0 % 3] }))
  }

  /// Mirrored images keep their channels in order.
  @Test func flipsDoNotTurnChannels() throws {
    let (plain, flipped) = (try prepared(.caffe), try (0..<8).map { _ in try prepared(.caffe, [.flip(.horizontal)]) })
    let mirrored = [3, 4, 5, 0, 1, 2, 9, 10, 11, 6, 7, 8].map { plain[$0] }
    #expect(flipped.allSatisfy { $0 == plain || $0 == mirrored })
  }

  @Test func nothingIsPreparedTwice() throws {
    var source = CountingSource(count: 3)
    expectDataError("prepared twice") { _ = try Preparation(for: source, Preprocessing(scale: 1, mode: .tf)) }
    expectDataError("three channels") { _ = try Preparation(for: source, Preprocessing(mode: .caffe)) }
    source.shape = [2, 2, 1]
    _ = try Preparation(for: source, Preprocessing(mode: Preprocessing.Mode.none))
  }
}
