// SPDX-License-Identifier: Apache-2.0

import Evidence
import Foundation
import Testing
import Value
import World

@Suite struct TamperingTests {
    @Test func `an untouched bundle is intact and follows from its record`() throws {
        try SampleBundle.inFolder { parent in
            let bundle = try SampleBundle(in: parent)
            let check = try SealCheck(bundle.folder)
            #expect(check.faults == [])
            #expect(check.signer == bundle.key.publicKey)
            #expect(check.statement?.outcome == .passed)
            let again = try bundle.differences(reports: ["junit.xml": Data("<testsuites/>\n".utf8)])
            #expect(again.differences == [])
            #expect(again.certificate.isFull)
        }
    }

    /// Every file may be hit, the seal's own too; bytes and lines are changed, put in, taken out, doubled and swapped.
    @Test func `a thousand seeded tamperings are all found, and the file is named`() throws {
        try SampleBundle.inFolder { parent in
            let bundle = try SampleBundle(in: parent)
            let files = try FolderListing(bundle.folder).files
            #expect(files.count == 12)
            var random = RunSeed(seed: 7, nonce: "").plan("tampering")
            var missed: [String] = []
            for number in 0..<1000 {
                let file = files[number % files.count]
                let url = bundle.folder.appending(path: file)
                let original = try Data(contentsOf: url)
                let tampered = Tampering.change(original, number / files.count, &random)
                guard tampered != original else { continue }
                try tampered.write(to: url)
                let found = try SealCheck(bundle.folder).faults
                if !found.contains(where: { $0.file == file }) { missed.append("\(number) \(file): \(found)") }
                try original.write(to: url)
            }
            #expect(missed == [])
            #expect(try SealCheck(bundle.folder).isIntact)
        }
    }

    @Test func `what was put in, taken away or replaced by a link is named`() throws {
        try SampleBundle.inFolder { parent in
            let bundle = try SampleBundle(in: parent)
            let files = FileManager.default
            func faulty() throws -> [String] { try SealCheck(bundle.folder).faults.map(\.file) }
            for file in try FolderListing(bundle.folder).files {
                let url = bundle.folder.appending(path: file)
                let kept = parent.appending(path: "kept")
                try files.moveItem(at: url, to: kept)
                #expect(try faulty().contains(file), "\(file) taken away")
                try files.createSymbolicLink(at: url, withDestinationURL: kept)
                #expect(try faulty().contains(file), "\(file) replaced by a link to itself")
                try files.removeItem(at: url)
                try files.moveItem(at: kept, to: url)
            }
            for name in [".hidden", "bodies/more", "extra.txt"] {
                try bundle.put("", name)
                #expect(try faulty() == [name])
                try files.removeItem(at: bundle.folder.appending(path: name))
            }
            try files.createDirectory(at: bundle.folder.appending(path: "empty"), withIntermediateDirectories: false)
            #expect(try faulty() == ["empty/"])
        }
    }

    @Test func `a changed line of the trace is named by its number`() throws {
        try SampleBundle.inFolder { parent in
            let bundle = try SampleBundle(in: parent)
            let url = bundle.folder.appending(path: SealedBundle.trace)
            let text = try String(contentsOf: url, encoding: .utf8)
            try Data(text.replacing(#""seq":3"#, with: #""seq":4"#).utf8).write(to: url)
            let fault = try #require(try SealCheck(bundle.folder).faults.first)
            #expect(fault.file == SealedBundle.trace)
            #expect(fault.message.contains("line 4") || fault.message.contains("lines 4 and 5"), "\(fault)")
        }
    }

    @Test func `another bundle's seal does not fit, and another key is no better`() throws {
        try SampleBundle.inFolder { parent in
            let bundle = try SampleBundle(in: parent)
            let other = try SampleBundle(in: parent)
            func replace(_ name: String) throws {
                let url = bundle.folder.appending(path: name)
                try FileManager.default.removeItem(at: url)
                try FileManager.default.copyItem(at: other.folder.appending(path: name), to: url)
            }
            try replace(SealedBundle.signer)
            #expect(try SealCheck(bundle.folder).faults.map(\.file) == [SealedBundle.signer])
            try replace(SealedBundle.envelope)
            let check = try SealCheck(bundle.folder)
            #expect(check.faults.map(\.file) == [SealedBundle.manifest])
            #expect(check.signer == other.key.publicKey)
        }
    }

    @Test func `a folder without any seal is no bundle`() throws {
        try SampleBundle.inFolder { parent in
            #expect(throws: EvidenceError.self) { try SealCheck(parent) }
            #expect(throws: EvidenceError.self) { try SealCheck(parent.appending(path: "absent")) }
        }
    }
}

/// Ways to change a file by one byte or one line.
enum Tampering {
    static func change(_ data: Data, _ kind: Int, _ random: inout RandomStream) -> Data {
        var bytes = [UInt8](data)
        let place = Int.random(in: 0..<max(1, bytes.count), using: &random)
        var lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { [UInt8]($0) }
        let line = Int.random(in: 0..<lines.count, using: &random)
        switch kind % 9 {
        case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 2: bytes.remove(at: place)
        case 3: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
        case 4: bytes.append([0x0A, 0x20, 0x00].randomElement(using: &random) ?? 0x0A)
        case 5: return join(&lines) { $0.remove(at: line) }
        case 6: return join(&lines) { $0.insert($0[line], at: line) }
        case 7: return join(&lines) { $0.swapAt(0, line) }
        default: return join(&lines) { $0[line].append(UInt8(ascii: "\r")) }
        }
        return Data(bytes)
    }

    private static func join(_ lines: inout [[UInt8]], _ change: (inout [[UInt8]]) -> Void) -> Data {
        change(&lines)
        return Data(lines.joined(separator: [UInt8(ascii: "\n")]))
    }
}
