// swift-tools-version: 6.2
import PackageDescription

/// Every Swift target is compiled with these settings.
let common: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .strictMemorySafety(),
]

/// Targets in which unsafe code is an error: only Archives, TemporaryFiles, Tensors, Kernels, HDF5, Communication,
/// Digests and Datasets touch memory by hand.
let safe: [SwiftSetting] = common + [.treatWarning("StrictMemorySafety", as: .error)]

/// What the fuzz targets feed with bytes.
let fuzzed: [Target.Dependency] = ["Datasets", "HDF5", "Keras", "Networks", "Tensors", "Training"]

let package = Package(
  name: "convoy",
  products: [
    .library(name: "Convoy", targets: ["Convoy"]),
    .executable(name: "convoy", targets: ["ConvoyCommand"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .target(name: "CKernels"),
    .target(name: "Digests", dependencies: ["CCrypto", "Tensors"], swiftSettings: common),
    .target(name: "CAffinity"),
    .target(name: "TemporaryFiles", swiftSettings: common),
    .target(name: "Tensors", dependencies: ["CAffinity"], swiftSettings: common),
    .target(name: "Tasks", dependencies: ["Datasets", "Kernels", "Networks", "Tensors"], swiftSettings: safe),
    .target(
      name: "Training",
      dependencies: [
        "Tasks", "TemporaryFiles", "Tensors", "Kernels", "Networks", "Keras", "HDF5", "Communication", "Datasets",
        "Digests",
      ],
      swiftSettings: safe),
    .target(name: "Augmentations", dependencies: ["Kernels", "Tensors"], swiftSettings: safe),
    .target(name: "Networks", dependencies: ["Augmentations", "Kernels", "Tensors"], swiftSettings: safe),
    .target(name: "Kernels", dependencies: ["CKernels", "Tensors"], swiftSettings: common),
    .testTarget(name: "DigestsTests", dependencies: ["Digests"], swiftSettings: common),
    .target(name: "Reports", dependencies: ["Tasks", "Training"], swiftSettings: safe),
    .executableTarget(
      name: "ConvoyCommand",
      dependencies: [
        "Communication", "Datasets", "FileKinds", "HDF5", "Keras", "Kernels", "Networks", "Reports", "Tasks",
        "TemporaryFiles", "Tensors", "Training", "Yams",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: safe),
    .testTarget(
      name: "ConvoyCommandTests",
      dependencies: [
        "ConvoyCommand", "Datasets", "Digests", "FileKinds", "HDF5", "Keras", "Kernels", "Networks", "Tasks",
        "Tensors", "Training", "digits", "network",
      ],
      swiftSettings: safe),
    .testTarget(
      name: "ReportsTests",
      dependencies: ["Communication", "Datasets", "Kernels", "Networks", "Reports", "Tasks", "Tensors", "Training"],
      swiftSettings: safe),
    .testTarget(name: "KernelsTests", dependencies: ["Kernels", "Tensors"], swiftSettings: common),
    .systemLibrary(
      name: "CTurboJPEG", path: "Sources/CTurboJPEG", pkgConfig: "libturbojpeg",
      providers: [.apt(["libturbojpeg0-dev"])]),
    .systemLibrary(name: "CSPNG", path: "Sources/CSPNG", pkgConfig: "spng", providers: [.apt(["libspng-dev"])]),
    .systemLibrary(name: "CTIFF", path: "Sources/CTIFF", providers: [.apt(["libtiff-dev"])]),
    .systemLibrary(name: "CWebP", path: "Sources/CWebP", providers: [.apt(["libwebp-dev"])]),
    .systemLibrary(name: "CGIF", path: "Sources/CGIF", providers: [.apt(["libgif-dev"])]),
    .systemLibrary(name: "CZlib", path: "Sources/CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(
      name: "Datasets",
      dependencies: [
        "Archives", "Augmentations", "FileKinds", "Kernels", "Tensors", "TemporaryFiles", "HDF5", "CTurboJPEG", "CSPNG",
        "CWebP", "CGIF", "CTIFF", "CZlib",
      ],
      swiftSettings: common),
    .target(
      name: "Convoy",
      dependencies: [
        "Augmentations", "Communication", "Datasets", "Keras", "Kernels", "Networks", "Reports", "Tasks", "Tensors",
        "Training",
      ], swiftSettings: safe),
    .executableTarget(
      name: "digits", dependencies: ["Convoy"], path: "docs/examples/digits", swiftSettings: safe),
    .executableTarget(
      name: "network", dependencies: ["Convoy"], path: "docs/examples/network", swiftSettings: safe),
    .target(name: "CAllocations", path: "Tests/CAllocations"),
    .executableTarget(
      name: "convoy-faults", dependencies: ["CMPI", "Communication", "Networks", "Tensors", "Training"],
      path: "Tests/FaultInjection", swiftSettings: common),
    .executableTarget(
      name: "convoy-pixels", dependencies: ["Datasets", "Tensors"], path: "Tests/ImagePixels", swiftSettings: safe),
    .target(
      name: "TestSupport",
      dependencies: ["Communication", "Datasets", "HDF5", "Keras", "Kernels", "Networks", "Tensors", "Training"],
      path: "Tests/TestSupport", swiftSettings: common),
    .testTarget(
      name: "NetworksTests", dependencies: ["Augmentations", "Kernels", "Networks", "Tensors", "TestSupport"],
      swiftSettings: common),
    .testTarget(
      name: "TrainingTests",
      dependencies: [
        "Augmentations", "CAllocations", "Communication", "Datasets", "HDF5", "Keras", "Kernels", "Networks", "Tasks",
        "Tensors", "TestSupport", "Training",
      ],
      swiftSettings: common),
    .testTarget(
      name: "TasksTests", dependencies: ["Datasets", "Kernels", "Networks", "Tasks", "Tensors"], swiftSettings: safe),
    .testTarget(name: "TensorsTests", dependencies: ["Tensors"], swiftSettings: common),
    .testTarget(
      name: "DatasetsTests", dependencies: ["Augmentations", "Datasets", "HDF5", "Kernels", "Tensors"],
      swiftSettings: common),
    .testTarget(
      name: "AugmentationsTests",
      dependencies: ["Augmentations", "Datasets", "HDF5", "Kernels", "Networks", "Tensors", "TestSupport"],
      swiftSettings: common),
    .systemLibrary(name: "CHDF5", path: "Sources/CHDF5", pkgConfig: "hdf5", providers: [.apt(["libhdf5-dev"])]),
    .target(name: "FileKinds", swiftSettings: safe),
    .target(name: "HDF5", dependencies: ["CHDF5", "CZlib", "FileKinds", "TemporaryFiles"], swiftSettings: common),
    .testTarget(name: "HDF5Tests", dependencies: ["HDF5", "TemporaryFiles"], swiftSettings: common),
    .target(name: "Archives", dependencies: ["CZlib", "TemporaryFiles"], swiftSettings: common),
    .testTarget(name: "ArchivesTests", dependencies: ["Archives"], swiftSettings: common),
    .target(
      name: "Keras",
      dependencies: ["Archives", "FileKinds", "HDF5", "Kernels", "Networks", "TemporaryFiles", "Tensors"],
      swiftSettings: safe),
    .testTarget(
      name: "KerasTests",
      dependencies: ["Archives", "Digests", "HDF5", "Keras", "Kernels", "Networks", "Tensors", "Training"],
      swiftSettings: common),
    .systemLibrary(name: "CMPI", path: "Sources/CMPI", pkgConfig: "mpi-c", providers: [.apt(["libopenmpi-dev"])]),
    .target(name: "Communication", dependencies: ["CMPI", "TemporaryFiles", "Tensors"], swiftSettings: common),
    .testTarget(name: "CommunicationTests", dependencies: ["Communication", "Tensors"], swiftSettings: common),
    .testTarget(
      name: "FuzzTests", dependencies: ["Archives", "ConvoyCommand"] + fuzzed, exclude: ["Corpus", "Driver"],
      swiftSettings: common),
    .testTarget(
      name: "ParallelTests", dependencies: ["Communication", "Tensors", "TestSupport", "Training"],
      swiftSettings: common),
  ]
)

// launch/fuzz: libFuzzer brings a main of its own, so the command is left out but for what reads configurations.
if Context.environment["CONVOY_FUZZ"] != nil {
  package.products = []
  package.targets.removeAll { $0.type == .test || $0.type == .executable }
  package.targets += [
    .target(
      name: "ConvoyCommand", dependencies: ["FileKinds", "Networks", "Tensors", "Training", "Yams"],
      path: "Sources/ConvoyCommand/Configuration", swiftSettings: safe),
    .executableTarget(
      name: "convoy-fuzz", dependencies: ["ConvoyCommand"] + fuzzed, path: "Tests/FuzzTests",
      exclude: ["Corpus", "ReplayTests.swift"], swiftSettings: common),
  ]
}
