import HDF5
import Keras
import Networks
import Tensors
import Testing

/// Models saved by Keras give Keras's outputs, loss and gradients in training.
struct TrainingTests {
  @Test(arguments: GoldenTraining.losses.map(\.key)) func lossAndGradientsAreThoseOfKeras(_ name: String) throws {
    let training = try GoldenTraining(name)
    let (golden, network, count) = (training.golden, training.network, training.inputs[0].samples.count)
    let (loss, outputs) = training.run()
    for (output, wanted) in zip(outputs, try golden.arrays("train/outputs")) {
      #expect(difference(output, wanted.values) <= 1e-5)
    }
    #expect(abs(loss - Double(try golden.values("train/loss")[0])) <= 1e-5 * abs(loss))
    // Whole numbers have no gradient.
    let slopes = try golden.root.contains("train/grad_inputs") ? golden.arrays("train/grad_inputs") : []
    for (tensor, wanted) in zip(network.inputGradients, slopes) {
      #expect(difference((0..<count).flatMap { tensor.sample($0) }, wanted.values) <= 1e-5)
    }
    let trained = training.weights.table.entries.filter { $0.parameter.kind == .trainable }
    let wanted = try golden.values("train/grads")
    #expect(difference(trained.flatMap { network.shard.gradients[$0.range].values }, wanted) <= 1e-5)
  }
}
