// SPDX-License-Identifier: Apache-2.0

import Canary
import Foundation
import Testing
import World

/// Encodings made by other programs (Python's standard library and brotli), so that no error of our own cancels out.
@Suite struct ForeignEncodingTests {
    static let detector = Detector(
        CanarySet([
            Canary(
                id: "ann.ehr.email", person: "ann", origin: .ehr, dataClass: .email, value: "vorzaquent.417@example.org"
            )
        ]))

    // swift-format-ignore
    static let samples: [(String, String)] = [
        ("base85", "eD1kbT9STlg+MX1vQjZlP2JkU1AqT1dvfnBYRyUrX29XcTR0MmFCTzhSWipwZk1FRnh8cUl4JjM="),
        ("ascii85", "Ym9keSA8fkhRbTw4QmwidFMsJ0ltRkg9OmY5QVN1VEIxYmdwU0FVJVgjRSw5KTxEZlRKNy8wXHNVM1xjJH4+"),
        ("zip", "UEsDBBQAAAAIANApdV0FomXCMAAAAIEAAAAGAAAAYS5qc29uq1bKTczMUbJSKssvqkosLE3NK9EzMTR3SK1IzC3ISdXLL0pX0lHKU7IyrK2miVIAUEsBAhQDFAAAAAgA0Cl1XQWiZcIwAAAAgQAAAAYAAAAAAAAAAAAAAIABAAAAAGEuanNvblBLBQYAAAAAAQABADQAAABUAAAAAAA="),
        ("tar.gz", "H4sIALgoAWsC/+3NsQrCMBjE8TyKfLOElKYGOvkqGYJU2qSmrUjFdzd0EdwVwf9vueOWG/V5SlF9lCkO1m5ZvKcxTf3q2+6Ma9TOqC9Yptnncqn+010G3/XSyjXl1V+WEGdtK3cMNz+MfdApn2QvUdrqoQAAAAAAAAAAAAAAAAAAv+MJcQsVnwAoAAA="),
        ("base32", "az1QTVJHMllMSk5RUkRVSVRXTjVaSFVZTFJPVlNXNDVCT0dRWVRPUURGUEJRVzI0RE1NVVhHNjRUSEVJV0NFM1JDSElZWDI9PT0="),
        ("utf-7-ish mime", "U3ViamVjdDogPT91dGYtOD9CP2V5SnRZV2xzSWpvaWRtOXllbUZ4ZFdWdWRDNDBNVGRBWlhoaGJYQnNaUzV2Y21jaUxDSnVJam94ZlE9PT89"),
        ("base58", "aWQgQTU2UTljZXZ6QWVBRjloazFnZ2RLd3VqUEJodDc5ZG1MZ3JYRm5OV2pWSlhkTExNOWZ4anRDM0o3Rko="),
        ("base16 of base64", "NjU3OTRBNzQ1OTU3NkM3MzQ5NkE2RjY5NjQ2RDM5Nzk2NTZENDY3ODY0NTc1Njc1NjQ0MzM0MzA0RDU0NjQ0MTVBNTg2ODY4NjI1ODQyNzM1QTUzMzU3NjYzNkQ2MzY5NEM0MzRBNzU0OTZBNkY3ODY2NTEzRDNE"),
        ("base45", "SEMxOk1QRkIkRFhFRFdFNDJHNDA0RTlMRktGRTEkQy5VRS1RNkU6NkIkQ0JFQ1A5RVJaQzA0RVcxRFoy"),
        ("base45 from the second byte", "Y29kZSBEQUYwNEU5TEZLRkUxJEMuVUUtUTZFOjZCJENCRUNQOUVSWkMwNEVEMg=="),
        ("brotli", "G1UAAASim9N+83ueiJ+a1saoj6Sh1IPU4s9A8uysf4zaOs6Z69ofx9ZkucwGWaQQArefAw=="),
        ("avro of two blocks", "T2JqAQQUYXZyby5jb2RlYw5kZWZsYXRlFmF2cm8uc2NoZW1h4gF7InR5cGUiOiAicmVjb3JkIiwgIm5hbWUiOiAiViIsICJmaWVsZHMiOiBbeyJuYW1lIjogImlkIiwgInR5cGUiOiAic3RyaW5nIn0sIHsibmFtZSI6ICJtYWlsIiwgInR5cGUiOiAic3RyaW5nIn1dfQBRDnESPqWxmKGNigkCSLz7AkZjSTQ0KcsvqkosLE3NK9EzMTR3SK1IzC3ISdXLL0oHAJ2wClEOcRI+pbGYoY2KCQJIvPsCNmNJNFLJy0/KT6l0SK1IzC3ISdXLL0oHAFQJB1EOcRI+pbGYoY2KCQJIvPs="),
        ("brotli in base64", "eyJiIjoiRzFVQUFBU2ltOU4rODN1ZWlKK2Exc2FvajZTaDFJUFU0czlBOHV5c2Y0emFPczZaNjlvZng5Wmt1Y3dHV2FRUUFyZWZBdz09In0="),
    ]

    @Test(arguments: samples) func `what another program encoded is found`(name: String, text: String) throws {
        let bytes = try #require(Data(base64Encoded: text))
        let result = Self.detector.scan(Array(bytes))
        #expect(result.hits.contains { $0.canary == "ann.ehr.email" })
        #expect(result.unscanned.isEmpty)
    }

    @Test func `a name in the name of a host is found in its coded form`() {
        let detector = Detector(
            CanarySet([
                Canary(
                    id: "ann.ehr.family-name", person: "ann", origin: .ehr, dataClass: .familyName,
                    value: "Воронцовский")
            ]))
        // Python: "воронцовский".encode("punycode").
        let hits = detector.scan(Array("CONNECT xn--b1aasedqgabrp1d.example.net:443".utf8)).hits
        #expect(hits.map(\.chain) == [["punycode"]])
    }

    /// A row of SQLite: the columns follow each other without anything between them.
    @Test func `a number is found behind a UUID that ends in a digit`() {
        let detector = Detector(
            CanarySet([
                Canary(
                    id: "ann.ehr.mrn", person: "ann", origin: .ehr, dataClass: .medicalRecordNumber, value: "5520307853"
                )
            ]))
        let row = [0, 0x32, 1, 4, 0x55, 0x21, 9] + Array("2d7bb341-58be-2191-713e-3a30ee6c69125520307853".utf8) + [0]
        #expect(detector.scan(row).hits.map(\.canary) == ["ann.ehr.mrn"])
    }

    /// fastavro's head of a file with compressed blocks.
    @Test func `blocks of Avro that are cut short are said to be unscanned`() {
        let head = Array("Obj\u{1}\u{4}\u{14}avro.codec\u{E}deflate\u{16}avro.schema".utf8)
        #expect(Self.detector.scan(head + [4, 0, 9]).unscanned.map(\.reason) == [.format])
    }

    /// Bytes as Python's codecs give them.
    // swift-format-ignore
    static let pages: [(String, String, [UInt8])] = [
        ("koi8-r", "Воронцовский", [0xF7, 0xCF, 0xD2, 0xCF, 0xCE, 0xC3, 0xCF, 0xD7, 0xD3, 0xCB, 0xC9, 0xCA]),
        ("iso-8859-5", "Воронцовский", [0xB2, 0xDE, 0xE0, 0xDE, 0xDD, 0xE6, 0xDE, 0xD2, 0xE1, 0xDA, 0xD8, 0xD9]),
        ("ibm866", "Воронцовский", [0x82, 0xAE, 0xE0, 0xAE, 0xAD, 0xE6, 0xAE, 0xA2, 0xE1, 0xAA, 0xA8, 0xA9]),
        ("gb18030", "欧阳秀英", [0xC5, 0xB7, 0xD1, 0xF4, 0xD0, 0xE3, 0xD3, 0xA2]),
        ("latin-1", "Núñezgarcía", Array("NÃºÃ±ezgarcÃ\u{AD}a".utf8)),
    ]

    @Test(arguments: pages) func `a name in a code page is found`(page: String, name: String, bytes: [UInt8]) {
        let detector = Detector(
            CanarySet([Canary(id: "ann", person: "ann", origin: .ehr, dataClass: .familyName, value: name)]))
        let hits = detector.scan(Array("name=".utf8) + bytes + Array(";\n".utf8)).hits
        #expect(hits.map(\.chain) == [[page]])
    }

    @Test func `a number is found where its length is counted, and behind the UUID of the column before`() {
        let detector = Detector(
            CanarySet([
                Canary(
                    id: "ann.ehr.mrn", person: "ann", origin: .ehr, dataClass: .medicalRecordNumber, value: "8034416297"
                )
            ]))
        for text in [
            "d3:mrn10:8034416297e", "\u{1}a043d9dd-a293-4e07-8415-1943413a32ff8034416297\u{2}x",
        ] {
            #expect(detector.scan(Array(text.utf8)).hits.map(\.canary) == ["ann.ehr.mrn"])
        }
        #expect(detector.scan(Array("9:8034416297e".utf8)).hits.isEmpty)
    }

    @Test func `digits of a UUID are nobody's birthday`() {
        let detector = Detector(
            CanarySet([
                Canary(
                    id: "ann.ehr.birth-date", person: "ann", origin: .ehr, dataClass: .birthDate, value: "1943-04-13")
            ]))
        // As a database has it: the next column follows at once.
        let row = "smsa043d9dd-a293-4e07-8415-1943413a32f2Sat, 21 Nov 2026 07:52:09 GMTsent"
        #expect(detector.scan(Array(row.utf8)).hits.isEmpty)
        #expect(!detector.scan(Array("born 19430413;".utf8)).hits.isEmpty)
        // Nor those of a digest.
        let digest = "7e1a1dcc0c9101346334629db4eb3d1374485251d2b4131943f90120e7737c59"
        #expect(detector.scan(Array("booked\(digest)MSo".utf8)).hits == [])
    }

    @Test func `a few bytes of a signature that look like zlib are no stream cut short`() {
        // 64 bytes, the last 24 of them a beginning of zlib by chance.
        let signature = "oUK_XM2y89m_qO6JB9l5yPNAqA3oKRxgeuBAYo0alEADvThpSC_s4HjaK8svqkosLE3NK1HIyS_ILM1LKUpUyA"
        let header = "Authorization: Bearer eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ4In0.\(signature)"
        #expect(Self.detector.scan(Array(header.utf8)).unscanned.isEmpty)
    }
}
