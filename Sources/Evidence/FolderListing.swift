// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// What a folder holds, down to its last hidden file.
package struct FolderListing: Sendable, Hashable {
    /// Relative paths of the regular files, sorted.
    package private(set) var files: [String] = []
    /// What no manifest can name: links, devices, empty folders.
    package private(set) var others: [String] = []

    /// Throws where the folder cannot be listed.
    package init(_ folder: URL) throws {
        do { try list(folder, below: "") } catch let error as EvidenceError { throw error } catch {
            throw EvidenceError(
                "The folder \(folder.path) cannot be listed", remedy: "Name a folder that exists and may be read.")
        }
        files.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        others.sort()
    }

    private mutating func list(_ folder: URL, below prefix: String) throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            let url = folder.appending(path: name)
            let type = try FileManager.default.attributesOfItem(atPath: url.path)[.type] as? FileAttributeType
            switch type {
            case .typeRegular: files.append(prefix + name)
            case .typeDirectory:
                let before = files.count + others.count
                try list(url, below: prefix + name + "/")
                if files.count + others.count == before { others.append(prefix + name + "/") }
            default: others.append(prefix + name)
            }
        }
    }
}
