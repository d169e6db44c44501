// swift-tools-version: 6.2
import PackageDescription

// What set-up installs, and what every target is held to. The targets and their arrows are explained in ARCHITECTURE.md.

/// DuckDB's library as set-up leaves it in the checkout; an installed one is linked there.
let duckdbLibrary = Context.packageDirectory + "/.deps/duckdb/lib"

#if os(macOS)
    let besideBinary = "@loader_path"
    // Apple's compiler does not look where Homebrew puts headers; toml++ is nothing else.
    let tomlHeaders = ["-I/opt/homebrew/include", "-I/usr/local/include"]
#else
    let besideBinary = "$ORIGIN"
    let tomlHeaders: [String] = []
#endif

/// Where a built binary looks for libduckdb: beside itself (an unpacked distribution), then in an installed prefix.
///
/// A binary that stays in the checkout looks there last; one that leaves it (`make install`, `make dist`) has no use
/// for the path of the machine that built it.
let duckdbSearchPaths =
    [besideBinary, besideBinary + "/../lib/pintail"]
    + (Context.environment["PINTAIL_RELOCATABLE"] == nil ? [duckdbLibrary] : [])

/// Whether DuckDB, libpq, libarchive and libmicrohttpd are loaded when they are first called, instead of at the start.
///
/// CLateLibraries does it, and decides likewise (late.h). Headers are then found without pkg-config, which would link.
#if os(Linux) && arch(x86_64)
    let loadsLate = true
#else
    let loadsLate = false
#endif

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0335-existential-any.md
    .enableUpcomingFeature("ExistentialAny"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0409-access-level-on-imports.md
    .enableUpcomingFeature("InternalImportsByDefault"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0444-member-import-visibility.md
    .enableUpcomingFeature("MemberImportVisibility"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0458-strict-memory-safety.md
    .strictMemorySafety(),
    // Views into DuckDB's vectors cannot outlive their chunk: the compiler checks it.
    // https://github.com/swiftlang/swift-evolution/pull/2750
    .enableExperimentalFeature("Lifetimes"),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "pintail",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "pintail", targets: ["PintailCLI"]),
        .library(name: "PintailEngine", targets: ["PintailEngine"]),
    ],
    targets: [
        .systemLibrary(name: "CDuckDB"),
        .systemLibrary(
            name: "CPQ",
            pkgConfig: loadsLate ? nil : "libpq",
            providers: [.apt(["libpq-dev"]), .brew(["libpq"])]
        ),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"]), .brew(["libyaml"])]),
        .systemLibrary(
            name: "CArchive",
            pkgConfig: loadsLate ? nil : "libarchive",
            providers: [.apt(["libarchive-dev"]), .brew(["libarchive"])]
        ),
        .systemLibrary(
            name: "CMicrohttpd",
            pkgConfig: loadsLate ? nil : "libmicrohttpd",
            providers: [.apt(["libmicrohttpd-dev"]), .brew(["libmicrohttpd"])]
        ),
        .target(name: "CLateLibraries", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
        .target(name: "CTOML", cxxSettings: [.unsafeFlags(["-std=c++17"] + tomlHeaders)]),

        .target(
            name: "DuckDB",
            dependencies: ["CDuckDB", "CLateLibraries"],
            swiftSettings: strict,
            linkerSettings: (loadsLate ? [] : [.unsafeFlags(["-L\(duckdbLibrary)", "-lduckdb"])]) + [
                .unsafeFlags(duckdbSearchPaths.flatMap { ["-Xlinker", "-rpath", "-Xlinker", $0] })
            ]
        ),
        .target(name: "Postgres", dependencies: ["CLateLibraries", "CPQ", "DuckDB"], swiftSettings: strict),
        .target(name: "Jinja", swiftSettings: strict),
        .target(name: "Drawing", swiftSettings: strict),
        .target(name: "CDbtMacros", exclude: ["dbt", "duckdb"]),
        .target(
            name: "PintailProject",
            dependencies: ["CDbtMacros", "CYAML", "CTOML", "Jinja"],
            swiftSettings: strict
        ),
        .target(name: "PintailOrchestrator", dependencies: ["CSQLite"], swiftSettings: strict),
        .target(
            name: "PintailEngine",
            dependencies: [
                "CArchive", "CLateLibraries", "Drawing", "DuckDB", "Jinja", "Postgres", "PintailProject",
                "PintailOrchestrator",
            ],
            swiftSettings: strict
        ),
        .target(
            name: "PintailWeb",
            dependencies: ["CLateLibraries", "CMicrohttpd", "Drawing"],
            resources: [.embedInCode("UI")],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "PintailCLI",
            dependencies: [
                "Drawing", "DuckDB", "Jinja", "Postgres", "PintailProject", "PintailOrchestrator", "PintailEngine",
                "PintailWeb",
            ],
            swiftSettings: strict
        ),

        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
        .testTarget(name: "TestSupportTests", dependencies: ["TestSupport"], swiftSettings: strict),
        .testTarget(name: "DuckDBTests", dependencies: ["DuckDB"], swiftSettings: strict),
        .testTarget(name: "PostgresTests", dependencies: ["Postgres", "DuckDB", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "DrawingTests", dependencies: ["Drawing"], swiftSettings: strict),
        .testTarget(name: "JinjaTests", dependencies: ["Jinja"], exclude: ["Golden"], swiftSettings: strict),
        .testTarget(
            name: "PintailProjectTests",
            dependencies: ["PintailProject", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(name: "PintailOrchestratorTests", dependencies: ["PintailOrchestrator"], swiftSettings: strict),
        .testTarget(
            name: "PintailEngineTests",
            dependencies: ["Drawing", "DuckDB", "Jinja", "PintailEngine", "PintailProject", "TestSupport"],
            exclude: ["Dbt/Golden"],
            swiftSettings: strict
        ),
        .testTarget(name: "PintailWebTests", dependencies: ["PintailWeb", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "PintailCLITests", dependencies: ["PintailCLI"], swiftSettings: strict),
        .testTarget(name: "EndToEndTests", dependencies: ["TestSupport"], swiftSettings: strict),
    ]
)
