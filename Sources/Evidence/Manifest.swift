// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// The files of a folder with their digests, as `sha256sum` writes and `sha256sum -c` checks them.
package struct Manifest: Sendable, Hashable {
    /// One file.
    package struct Entry: Sendable, Hashable {
        /// Relative, with `/` between its parts.
        package let path: String
        package let sha256: String

        package init(path: String, sha256: String) {
            self.path = path
            self.sha256 = sha256
        }
    }

    /// By path, in the order of its bytes.
    package let entries: [Entry]

    package init(_ entries: [Entry]) {
        self.entries = entries.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }

    /// Digests of the named files below a folder.
    package init(of paths: [String], in folder: URL) throws {
        self.init(
            try paths.map { path in
                guard Self.isPlain(path) else {
                    throw EvidenceError(
                        "The file name \(path.debugDescription) cannot stand in a manifest",
                        remedy: "Use names without line breaks and backslashes.")
                }
                let data = try Data(contentsOf: folder.appending(path: path), options: .mappedIfSafe)
                return Entry(path: path, sha256: Digest.sha256(data))
            })
    }

    /// Reads the canonical text, nothing else: nil where a line is no entry, out of order, double, or not as ``text``
    /// writes it.
    package init?(parsing data: Data) {
        guard let text = String(validating: data, as: UTF8.self) else { return nil }
        var entries: [Entry] = []
        for line in text.split(separator: "\n" as Character) {
            let digest = line.prefix(64)
            let path = String(line.dropFirst(66))
            guard Digest.isSHA256(digest), line.dropFirst(64).hasPrefix("  "), Self.isPlain(path) else { return nil }
            entries.append(Entry(path: path, sha256: String(digest)))
        }
        self.init(entries)
        guard Set(entries.map(\.path)).count == entries.count, Data(self.text.utf8) == data else { return nil }
    }

    /// `<digest>  <path>`, one line a file.
    package var text: String { entries.map { "\($0.sha256)  \($0.path)\n" }.joined() }

    package subscript(_ path: String) -> String? { entries.first { $0.path == path }?.sha256 }

    /// A relative path that leads nowhere else and that `sha256sum` does not have to escape.
    private static func isPlain(_ path: String) -> Bool {
        !path.isEmpty && !path.contains { $0.isNewline || $0 == "\\" || $0 == "\0" }
            && path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy {
                !["", ".", ".."].contains($0)
            }
    }
}
