// SPDX-License-Identifier: Apache-2.0

internal import Connector
internal import Foundation
internal import HTTPTransport
internal import MockEHR
internal import MockKit
internal import MockMicrosoft
internal import MockWorld
internal import Trace
internal import World

/// The mocks as a deployment wants them offered, with what connector and actors need to find and trust them.
struct Surroundings: Sendable {
    let mocks: MockWorld
    /// PEM file of what the connector must trust; empty where the mocks speak plain HTTP.
    let authority: String
    /// A hosts file for well-known names; empty where there are none.
    let hosts: String
    /// What actors trust: the run's authority beside the machine's; nil: the machine's alone.
    let trust: HTTPRequest.TrustAnchors?
    let connectTo: [HTTPRequest.ConnectOverride]
    /// Of the run, with the hosts its certificates are for; nil with `tls: none` and `files`.
    let runAuthority: RunAuthority?
    let hostNames: [String]

    /// - Parameter folder: gets `ca.pem` and `hosts`.
    static func start(
        _ deployment: Deployment, journal: Journal, seed: RunSeed, folder: URL
    ) async throws -> Surroundings {
        let settings = deployment.mocks
        var options = MockWorldOptions()
        options.host = settings.listen
        options.ehrPort = settings.ports[.ehr] ?? 0
        options.microsoftPort = settings.ports[.microsoft] ?? 0
        options.egressPort = settings.ports[.egress] ?? 0
        options.smsPort = settings.ports[.sms] ?? 0
        options.ehrOrigin = try settings.publicURLs[.ehr]?.resolved([:])
        options.microsoftOrigin = try settings.publicURLs[.microsoft]?.resolved([:])
        options.egressOrigin = try settings.publicURLs[.egress]?.resolved([:])
        options.smsOrigin = try settings.publicURLs[.sms]?.resolved([:])
        options.ehrNames = settings.names.filter { $0.value == .ehr }.keys.sorted()
        options.microsoftNames = settings.names.filter { $0.value == .microsoft }.keys.sorted()
        var authority = ""
        var runAuthority: RunAuthority?
        var trusted = Data()
        switch settings.tls {
        case .none: break
        case .runCA:
            let run = try RunAuthority()
            runAuthority = run
            options.identity = try run.identity(for: hosts(settings, options))
            authority = try write(run.certificatePEM, to: folder.appending(path: "ca.pem"))
            trusted = Data(run.certificatePEM.utf8)
        case .files:
            guard let files = settings.files else { break }
            options.identity = .init(
                certificateChainPEM: try read(files.certificate, deployment),
                privateKeyPEM: try read(files.key, deployment))
            if let path = files.authority {
                let text = try read(path, deployment)
                authority = try write(text, to: folder.appending(path: "ca.pem"))
                trusted = Data(text.utf8)
            }
        }
        if let path = deployment.trust { trusted += Data("\n\(try read(path, deployment))".utf8) }
        var trust: HTTPRequest.TrustAnchors?
        if !trusted.isEmpty {
            trust = .pem(trusted)
            options.sender = TransportNotificationSender(trust: .pem(trusted))
            options.keySets = TransportKeySetReader(trust: .pem(trusted))
        }
        if case .sink(let sink) = deployment.sms {
            options.smsGateway = { SMSSinkHandler(sink: sink, microsoft: $0) }
        }
        options.writeback = deployment.writeback.mapping.map { WritebackReader(mapping: $0) }
        let mocks: MockWorld
        do { mocks = try await MockWorld.start(journal: journal, seed: seed, options: options) } catch {
            throw RunError(
                "The mocks cannot be offered as the deployment \(deployment.id) wants it: \(error)",
                remedy: "See mocks.listen, mocks.ports and mocks.tls in the deployment file.")
        }
        var hosts = ""
        if !settings.names.isEmpty {
            let lines = settings.names.keys.sorted().map { "\(settings.listen) \($0)" }
            hosts = try write(lines.joined(separator: "\n") + "\n", to: folder.appending(path: "hosts"))
        }
        return Surroundings(
            mocks: mocks, authority: authority, hosts: hosts, trust: trust,
            connectTo: mocks.connections.map { .init(from: $0.from, to: $0.to) }, runAuthority: runAuthority,
            hostNames: Self.hosts(settings, options))
    }

    /// Names and addresses that the mocks' certificate must hold.
    private static func hosts(_ settings: MockSettings, _ options: MockWorldOptions) -> [String] {
        var hosts = [settings.listen == "0.0.0.0" ? "127.0.0.1" : settings.listen, "localhost"]
        hosts += settings.names.keys.sorted()
        for origin in [options.ehrOrigin, options.microsoftOrigin, options.smsOrigin].compactMap({ $0 }) {
            if let host = URL(string: origin)?.host { hosts.append(host) }
        }
        return hosts.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    private static func write(_ text: String, to place: URL) throws -> String {
        try FileManager.default.createDirectory(
            at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: place)
        return place.path
    }

    /// A path of the deployment file is relative to its folder.
    private static func read(_ path: String, _ deployment: Deployment) throws -> String {
        let place = URL(fileURLWithPath: path, relativeTo: URL(fileURLWithPath: deployment.folder + "/"))
        do { return try String(contentsOf: place, encoding: .utf8) } catch {
            throw RunError(
                "\(place.path) cannot be read.", remedy: "See mocks.certificate, mocks.key, mocks.ca and trust.")
        }
    }
}
