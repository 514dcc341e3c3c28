// SPDX-License-Identifier: Apache-2.0

package import Foundation
internal import SourceText

/// Finds and reads scenario files.
package enum ScenarioFiles {
    /// Folders of `Scenarios/` that hold other things.
    private static let otherFolders: Set<String> = ["procedures", "profiles", "policies", "deployments"]
    /// Files of `Scenarios/` that are no scenarios.
    private static let otherFiles: Set<String> = [
        "requirements.yaml", "statements.yaml", "defects.yaml", "kills.yaml", "certification.yaml",
    ]

    /// The scenario files at a place, by path: the file itself, or all below a folder. Nil where nothing is there.
    package static func find(at place: URL) -> [URL]? {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: place.path, isDirectory: &isFolder) else { return nil }
        guard isFolder.boolValue else { return [place] }
        return entries(of: place).flatMap { entry -> [URL] in
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: entry.path, isDirectory: &isFolder)
            let name = entry.lastPathComponent
            if isFolder.boolValue {
                return otherFolders.contains(name) || name.hasPrefix(".") ? [] : find(at: entry) ?? []
            }
            return entry.pathExtension == "yaml" && !otherFiles.contains(name) ? [entry] : []
        }
    }

    /// The YAML files of one folder by name; empty where there is none.
    static func yaml(in folder: URL) -> [URL] {
        entries(of: folder).filter { $0.pathExtension == "yaml" }
    }

    /// By name; by path, because a folder that is a link has no contents by URL.
    private static func entries(of folder: URL) -> [URL] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.sorted().map { folder.appending(path: $0) }
    }

    /// The text of a file under the path a reader would type.
    static func read(_ url: URL) -> Result<SourceFile, Diagnostic> {
        let path = display(url)
        do {
            return .success(SourceFile(path: path, text: try String(contentsOf: url, encoding: .utf8)))
        } catch {
            return .failure(
                Diagnostic(
                    code: "unreadable-file", message: "the file cannot be read as UTF-8 text",
                    remedy: error.localizedDescription, path: path))
        }
    }

    /// Relative to the current folder where it lies below it.
    static func display(_ url: URL) -> String {
        let here = FileManager.default.currentDirectoryPath + "/"
        return url.path.hasPrefix(here) ? String(url.path.dropFirst(here.count)) : url.path
    }
}
