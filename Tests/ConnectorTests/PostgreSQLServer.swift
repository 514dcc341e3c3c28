// SPDX-License-Identifier: Apache-2.0

import Foundation

@testable import Connector

/// A PostgreSQL server of this test's own, on a socket in a folder of its own: nobody else reaches it, and it ends by itself.
struct PostgreSQLServer {
    let folder: String
    static let password = "only-for-this-test"

    /// Debian keeps the server's programs out of PATH.
    private static let programs: String? = {
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        return versions.map { "\(root)/\($0)/bin" }.first {
            FileManager.default.isExecutableFile(atPath: $0 + "/initdb")
        }
    }()

    static var isInstalled: Bool { programs != nil }

    /// The server refuses to run as root; who else runs the tests runs it themselves.
    private static var prefix: [String] {
        getuid() == 0 ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] : []
    }

    static func with(_ body: (PostgreSQLServer) async throws -> Void) async throws {
        // A socket's path is short, and the folder of tests may be closed to others.
        let server = PostgreSQLServer(folder: "/tmp/assay-pg-\(UUID().uuidString.prefix(8))")
        try await server.start()
        do {
            try await body(server)
            try await server.stop()
        } catch {
            try await server.stop()
            throw error
        }
    }

    func database(as user: String = "harness") -> String { "postgres:///postgres?host=\(folder)&user=\(user)" }

    @discardableResult func run(_ sql: String) async throws -> String {
        try await Self.shell(
            "psql -qAtX -v ON_ERROR_STOP=1 '\(database())'", environment: ["PGPASSWORD": Self.password], input: sql)
    }

    private func start() async throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let programs = Self.programs ?? ""
        if getuid() == 0 { _ = try await Self.shell("chown postgres \(folder)") }
        let server = "\(programs)/postgres -D \(folder)/data -k \(folder) -c listen_addresses= -c fsync=off"
        _ = try await Self.shell(
            """
            cd \(folder) && echo \(Self.password) > password &&
            \(programs)/initdb -D data -U harness --auth=scram-sha-256 --pwfile=password -E UTF8 --locale=C.UTF-8 >log 2>&1 || { cat log; exit 1; }
            timeout -s INT 120 \(server) >>log 2>&1 &
            until \(programs)/pg_isready -q -h \(folder); do kill -0 $! || { cat log; exit 1; }; sleep 0.05; done
            """, prefix: Self.prefix)
    }

    private func stop() async throws {
        _ = try await Self.shell(
            "\(Self.programs ?? "")/pg_ctl -D \(folder)/data -m immediate stop >/dev/null 2>&1; rm -rf \(folder)/*",
            prefix: Self.prefix)
        try FileManager.default.removeItem(atPath: folder)
    }

    private static func shell(
        _ script: String, environment: [String: String] = [:], prefix: [String] = [], input: String = ""
    ) async throws -> String {
        let result = try await CommandRunner.run(
            prefix + ["sh", "-c", script], environment: environment, directory: "/", input: Data(input.utf8),
            within: .seconds(60))
        guard result.status.isSuccess else {
            throw ProcessError(
                "\(script) ended with \(result.status): \(result.errors)", remedy: "see above", output: result.errors)
        }
        return String(decoding: result.output, as: UTF8.self)
    }
}
