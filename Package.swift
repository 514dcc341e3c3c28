// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

// One table holds the walls of the house (docs/architecture.md): a room imports only rooms below it.

let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let x509: Target.Dependency = .product(name: "X509", package: "swift-certificates")
let asn1: Target.Dependency = .product(name: "SwiftASN1", package: "swift-asn1")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioHTTP2: Target.Dependency = .product(name: "NIOHTTP2", package: "swift-nio-http2")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let asyncHTTPClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let jwtKit: Target.Dependency = .product(name: "JWTKit", package: "jwt-kit")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let mustache: Target.Dependency = .product(name: "Mustache", package: "swift-mustache")
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")
let systemPackage: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// Rooms that do the byte work of every run: optimized in debug builds too, so that one debug build serves run and test.
let hot: [SwiftSetting] = strict + [.unsafeFlags(["-O"], .when(configuration: .debug))]

func room(
    _ name: String, _ dependencies: [Target.Dependency], path: String? = nil, sources: [String]? = nil,
    exclude: [String] = [], settings: [SwiftSetting] = strict
) -> Target {
    .target(
        name: name, dependencies: dependencies, path: path, exclude: exclude, sources: sources, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name + "Tests", dependencies: dependencies, swiftSettings: strict)
}

let package = Package(
    name: "assay",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "assay", targets: ["assay"]),
        .executable(name: "reference-connector", targets: ["reference-connector"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1.git", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-certificates.git", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-http2.git", from: "1.46.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1", traits: []),
        .package(url: "https://github.com/hummingbird-project/swift-mustache.git", from: "2.1.1"),
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
        .package(url: "https://github.com/vapor/jwt-kit.git", from: "5.7.1"),
    ],
    targets: [
        // Bottom of the house: text, values, worlds.
        .systemLibrary(name: "CYaml", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CCurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CBrotli", providers: [.apt(["libbrotli-dev"])]),
        .systemLibrary(name: "CZstd", providers: [.apt(["libzstd-dev"])]),
        // Registers of bytes: header only, with a plain form of every function.
        .systemLibrary(name: "CByteMarks"),
        room("SourceText", [], settings: hot),
        room("Value", ["SourceText", "CYaml"], settings: hot),
        room("World", ["Value", crypto], settings: hot),
        room("Canary", ["World", "CByteMarks", "CZlib", "CBrotli", "CZstd", crypto], settings: hot),
        room("Trace", ["Value", "World", crypto], settings: hot),
        room("Markup", ["CLibXML2"]),
        room("HTTPTransport", ["CCurl"], settings: hot),

        // What is known of the protocols and of the requirements.
        room("FHIRPath", ["Value", "SourceText"], settings: hot),
        room("Ledger", ["Value", "SourceText"]),
        room("FHIRModel", ["FHIRPath", "Value", "SourceText"], settings: hot),
        room("ProtocolRules", ["Trace", "Value", "World"]),

        // The parties around a connector.
        room(
            "MockKit",
            [
                "Trace", "Value", "World", crypto, cryptoExtras, x509, asn1, logging, hummingbirdCore, nioCore,
                nioPosix, nioHTTP1, nioHTTP2, nioSSL,
            ]),
        room(
            "MockMicrosoft",
            [
                "MockKit", "HTTPTransport", "Trace", "Value", "World", crypto, cryptoExtras, x509, asn1, mustache,
            ]),
        room(
            "MockEHR",
            [
                "MockKit", "FHIRModel", "FHIRPath", "HTTPTransport", "Trace", "Value", "World", crypto, cryptoExtras,
                mustache,
            ],
            path: "MockEHR", sources: ["Sources"], exclude: ["README.md", "pages"]),
        room(
            "MockWorld",
            [
                "MockEHR", "MockMicrosoft", "MockKit", "HTTPTransport", "ProtocolRules", "Trace", "Value", "World",
                mustache,
            ]),

        // Scenarios, the drive and the judgement.
        room("ScenarioLanguage", ["Value", "SourceText", "FHIRPath", "Markup", "Ledger", "Trace", "World"]),
        room(
            "Judge",
            [
                "ScenarioLanguage", "ProtocolRules", "Ledger", "Trace", "Canary", "FHIRPath", "Value", "World",
            ]),
        room(
            "Connector",
            [
                "HTTPTransport", "Markup", "ScenarioLanguage", "Ledger", "Trace", "Canary", "FHIRPath", "Value",
                "SourceText",
                "World", grdb,
            ]),
        room(
            "Runner",
            [
                "Connector", "Judge", "ScenarioLanguage", "MockWorld", "MockEHR", "MockMicrosoft", "MockKit",
                "HTTPTransport",
                "Markup", "Ledger", "Trace", "Canary", "FHIRPath", "Value", "SourceText", "World",
            ]),
        room("Reports", ["Judge", "Ledger", "ScenarioLanguage", "Trace", "Value", "World", mustache, crypto]),
        room("History", ["Value", grdb]),
        room(
            "Reproduction",
            [
                "Runner", "Connector", "Judge", "ProtocolRules", "ScenarioLanguage", "Ledger", "Trace",
                "Value", "SourceText", "World",
            ]),
        room("Evidence", ["Ledger", "FHIRPath", "Trace", "Value", "SourceText", "World", crypto]),
        .executableTarget(
            name: "assay",
            dependencies: [
                "Reproduction", "Evidence", "History", "Runner", "Reports", "Connector", "Judge", "ScenarioLanguage",
                "MockWorld",
                "MockEHR",
                "MockMicrosoft", "MockKit", "HTTPTransport", "ProtocolRules", "Ledger", "Trace", "Canary", "FHIRModel",
                "FHIRPath", "Value", "SourceText", "World", argumentParser,
            ],
            swiftSettings: strict),

        // The embedded default system under test: imports nothing of Assay, so that a shared bug cannot hide itself.
        .executableTarget(
            name: "reference-connector",
            dependencies: [
                hummingbird, asyncHTTPClient, jwtKit, grdb, crypto, cryptoExtras, x509, asn1, logging,
                argumentParser, httpTypes, nioCore, nioPosix, nioHTTP1, nioSSL,
            ],
            swiftSettings: strict),
        // What tests of the built executables share: processes, temporary folders, what a run wrote.
        .target(name: "TestSupport", dependencies: ["Value"], path: "Tests/Support", swiftSettings: strict),
        tests("EndToEnd", ["TestSupport", "assay", "reference-connector", "Connector", "MockKit"]),
        .testTarget(
            name: "RealClientTests", dependencies: ["TestSupport", "assay", crypto], exclude: ["Clients"],
            swiftSettings: strict),
        tests(
            "Kill",
            [
                "TestSupport", "assay", "reference-connector", "Judge", "Ledger", "ProtocolRules", "Runner",
                "ScenarioLanguage", "SourceText", "Trace",
            ]),
        tests("Value", ["Value", "SourceText", "World"]),
        tests("Trace", ["Trace", "Value", "World"]),
        tests(
            "MockKit",
            [
                "TestSupport", "MockKit", "Trace", "Value", "World", crypto, cryptoExtras, x509, asn1, nioCore,
                nioPosix, nioSSL,
            ]),
        tests(
            "MockEHR",
            ["TestSupport", "MockEHR", "MockKit", "FHIRModel", "Trace", "Value", "World", crypto, cryptoExtras]),
        tests("HTTPTransport", ["HTTPTransport"]),
        tests("Markup", ["Markup"]),
        tests(
            "Connector",
            [
                "TestSupport", "Connector", "Canary", "HTTPTransport", "Markup", "Trace", "Value", "SourceText",
                "World", grdb,
            ]),
        tests("Canary", ["Canary", "CByteMarks", "CZlib", "CZstd", "World", crypto]),
        tests("ProtocolRules", ["ProtocolRules", "Trace", "Value", "World"]),
        tests(
            "Judge",
            [
                "Judge", "ScenarioLanguage", "ProtocolRules", "Ledger", "Trace", "Canary", "FHIRPath", "Value",
                "SourceText",
                "World",
            ]),
        tests("Reports", ["Reports", "Judge", "Ledger", "Trace", "Value", "World", crypto]),
        tests("FHIRPath", ["FHIRPath", "Value", "SourceText"]),
        tests("FHIRModel", ["FHIRModel", "FHIRPath", "Markup", "Value"]),
        tests(
            "Fuzz",
            ["Connector", "ScenarioLanguage", "Ledger", "FHIRModel", "FHIRPath", "Value", "SourceText", "World"]),
        tests("Ledger", ["Ledger", "Value", "SourceText"]),
        tests("ScenarioLanguage", ["ScenarioLanguage", "Ledger", "FHIRPath", "Trace", "Value", "SourceText", "World"]),
        tests(
            "MockMicrosoft",
            [
                "MockMicrosoft", "MockKit", "Trace", "Value", "World", crypto, cryptoExtras, x509, asn1,
            ]),
        tests("MockWorld", ["MockWorld", "MockKit", "SourceText", "Trace", "Value"]),
        tests("AssayCommand", ["TestSupport", "Trace", "Value", grdb]),
        tests("History", ["History", "Value"]),
        tests(
            "Reproduction",
            [
                "Reproduction", "TestSupport", "assay", "reference-connector", "Judge", "Ledger", "ScenarioLanguage",
                "SourceText", "Trace", "Value", "World",
            ]),
        tests("Evidence", ["Evidence", "Ledger", "SourceText", "Trace", "Value", "World"]),
    ]
)
