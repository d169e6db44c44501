// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "airports",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "pintail", path: "../..")],
    targets: [
        .executableTarget(
            name: "Airports",
            dependencies: [.product(name: "PintailEngine", package: "pintail")]
        )
    ]
)
