// SPDX-License-Identifier: Apache-2.0

import Canary
import SourceText
import Testing
import World

@testable import Connector

/// A real server's dump as evidence. Where no server is installed (`postgresql` in Debian) it is skipped.
@Suite(.enabled(if: PostgreSQLServer.isInstalled, "no PostgreSQL server is installed"))
struct PostgreSQLEvidenceTests {
    private func source(_ server: PostgreSQLServer, password: String) throws -> EvidenceSource {
        let (deployment, problems) = Deployment.parse(
            SourceFile(
                path: "d",
                text: """
                    id: t
                    reach: {url: "http://h"}
                    registrations: {}
                    evidence:
                      - id: store
                        kind: postgresql
                        database: "\(server.database())"
                        environment: {PGPASSWORD: $(env.STORE_PASSWORD)}
                        within: 30s
                        control: ehr-user-id
                    """), environment: ["STORE_PASSWORD": password])
        let declared = try #require(deployment?.evidence.first, "\(problems)")
        return try EvidenceSource(declared, values: [:], process: nil)
    }

    private static let detector = Detector(
        CanarySet([
            Canary(id: "old", person: "old", origin: .ehr, dataClass: .familyName, value: "Achterberg"),
            Canary(id: "text", person: "a", origin: .ehr, dataClass: .familyName, value: "Zwirnermann"),
            Canary(id: "json", person: "b", origin: .ehr, dataClass: .familyName, value: "Müllerschön"),
            Canary(id: "bytes", person: "c", origin: .ehr, dataClass: .familyName, value: "Quandtner"),
            Canary(id: "large", person: "d", origin: .ehr, dataClass: .familyName, value: "Oberhausmann"),
            Canary(id: "column", person: "e", origin: .ehr, dataClass: .familyName, value: "Ypsilander"),
        ]))

    @Test func `what a run adds to a database is found in whatever type it is kept, what stood there before is not`()
        async throws
    {
        try await PostgreSQLServer.with { server in
            try await server.run(
                """
                CREATE TABLE visit (id int PRIMARY KEY, note text, extra jsonb, raw bytea);
                INSERT INTO visit SELECT n, 'Achterberg ' || n, '{"n": 1}', 'Achterberg' FROM generate_series(1, 500) n;
                """)
            let source = try source(server, password: PostgreSQLServer.password)
            try await source.mark()
            #expect(
                try await source.growth().filter { !String(decoding: $0.bytes, as: UTF8.self).contains("restrict") }
                    .isEmpty)
            try await server.run(
                #"""
                UPDATE visit SET extra = '{"n": 1}' WHERE id % 7 = 0;
                INSERT INTO visit VALUES
                    (1001, E'before\tZwirnermann\n\\after', NULL, NULL),
                    (1002, NULL, '{"patient": {"family": "M\u00fcllersch\u00f6n"}}', NULL),
                    (1003, NULL, NULL, 'name=Quandtner');
                SELECT lo_from_bytea(0, 'name=Oberhausmann');
                CREATE TABLE "later" (who text);
                INSERT INTO "later" VALUES ('Ypsilander');
                VACUUM FULL visit;
                """#)
            var found: Set<String> = []
            for chunk in try await source.growth() {
                // Each stretch tells of which table its first rows are.
                if String(decoding: chunk.bytes, as: UTF8.self).hasPrefix("1001") {
                    #expect(chunk.heading == "COPY public.visit (id, note, extra, raw) FROM stdin;\n")
                }
                found.formUnion(Self.detector.scan(Array(chunk.bytes)).hits.map(\.canary))
            }
            #expect(found == ["text", "json", "bytes", "large", "column"])
        }
    }

    @Test func `a database that does not let in is not searched, and says why`() async throws {
        try await PostgreSQLServer.with { server in
            let source = try source(server, password: "another")
            let error = await #expect(throws: EvidenceError.self) { try await source.mark() }
            #expect("\(try #require(error))".contains("password authentication failed"))
        }
    }
}
