// Everything that a Swift program needs to build, train, evaluate and save networks: `import Convoy`.
@_exported import Augmentations
@_exported import Communication
@_exported import Datasets
@_exported import Keras
@_exported import Kernels
@_exported import Networks
@_exported import Reports
@_exported import Tasks
@_exported import Tensors
@_exported import Training
