// SPDX-License-Identifier: Apache-2.0

import Foundation
import SourceText
import Testing
import Value

@Suite struct YAMLFormatterTests {
    private static let project = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private func format(_ text: String) throws -> String {
        try YAMLFormatter.format(SourceFile(path: "a.yaml", text: text)).get()
    }

    @Test func `spaces become uniform, comments and order stay`() throws {
        let text = """


            # head
            id:   a
            world: {a:  b ,c: [1,2 ],  d: {}}   # why

            #  about steps

            steps:
            -   ehr books:   visit
                with: {x: "a,  b"}

            # not indented
            -   expect: sms.sent   # here
                text:
                    contains: it's
                # - old: step
                # more
            always:
                  - never: a.b
                    per:   'x'


            """.replacing("here\n", with: "here  \n")
        #expect(
            try format(text) == """
                # head
                id: a
                world: {a: b, c: [1, 2], d: {}}     # why

                #  about steps

                steps:
                  - ehr books: visit
                    with: {x: "a,  b"}

                  # not indented
                  - expect: sms.sent   # here
                    text:
                      contains: it's
                    # - old: step
                    # more
                always:
                  - never: a.b
                    per: 'x'

                """)
    }

    @Test func `texts of several lines keep what they say`() throws {
        let text = """
            a:
                - b: >-
                      one
                        two

                      three

                  c: |
                     x # no comment
                  d: plain text
                   that goes on
                  e: [a,
                         {b: c,
                      d: e},
                     # inside
                     f
                  ]
                  f: "q  \\
                      r"
            """
        let formatted = try format(text)
        #expect(
            formatted == """
                a:
                  - b: >-
                      one
                        two

                      three

                    c: |
                      x # no comment
                    d: plain text
                      that goes on
                    e: [a,
                      {b: c,
                        d: e},
                      # inside
                      f
                    ]
                    f: "q  \\
                      r"

                """)
    }

    @Test func `what cannot be read is refused with its place`() {
        let error = #expect(throws: YAMLFormatError.self) { try format("a: [b\nc: d\n") }
        #expect(error?.diagnostics.first?.span != nil)
    }

    /// All files of the suite, and the broken ones of the fixtures as far as they are YAML.
    static let files: [URL] = ["Scenarios", "Tests/Fixtures"].flatMap { folder -> [URL] in
        let place = project.appending(path: folder)
        let names = FileManager.default.enumerator(atPath: place.path)?.compactMap { $0 as? String } ?? []
        return names.filter { $0.hasSuffix(".yaml") }.sorted().map { place.appending(path: $0) }
    }

    @Test func `every file keeps its meaning and stays as it is the second time`() throws {
        #expect(Self.files.count > 60)
        for url in Self.files {
            let file = SourceFile(path: url.lastPathComponent, text: try String(contentsOf: url, encoding: .utf8))
            let (root, problems) = YAMLParser.parse(file)
            guard problems.isEmpty else { continue }
            let once = try format(file.text)
            let (again, _) = YAMLParser.parse(SourceFile(path: "b", text: once))
            #expect(root?.value == again?.value, "\(url.path)")
            #expect(try format(once) == once, "\(url.path)")
        }
    }

    /// Spaces, blank lines and line ends that mean nothing, by a seeded generator.
    @Test(arguments: 1...40) func `however a file was spaced, its form is the same`(_ seed: UInt64) throws {
        var random = SeededNumbers(seed)
        // Folded texts carry their spaces, a comment behind a value keeps its column, and a list in brackets that goes over
        // lines its own: other files only.
        let texts = try Self.files.filter { $0.path.contains("/Scenarios/") }.map {
            try String(contentsOf: $0, encoding: .utf8)
        }.filter { text in
            !text.contains(": >") && !text.contains(": |") && !text.contains(",\n") && !text.contains(/[^ \n] +#/)
        }
        #expect(texts.count > 20)
        let form = try format(texts[Int(random.next() % UInt64(texts.count))])
        var spaced: [String] = []
        for row in form.split(separator: "\n", omittingEmptySubsequences: false) {
            var line = String(row)
            if random.next() % 2 == 0, let colon = line.firstRange(of: ": "),
                line[..<colon.lowerBound].allSatisfy({ $0.isLetter || $0 == "-" || $0 == " " })
            {
                line.replaceSubrange(colon, with: ":    ")
            }
            spaced.append(line + String(repeating: " ", count: Int(random.next() % 3)))
            if row.isEmpty, random.next() % 2 == 0 { spaced += ["", "  "] }
        }
        let other = spaced.joined(separator: random.next() % 2 == 0 ? "\r\n" : "\n")
        let again = try format(other)
        let place = zip(again.split(separator: "\n"), form.split(separator: "\n")).first { $0 != $1 }
        #expect(again == form, "\(place.map { "\($0.0)\n\($0.1)" } ?? "only in length")")
    }
}

/// SplitMix64.
private struct SeededNumbers {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
