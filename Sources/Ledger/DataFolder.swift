// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// Where the suite's data (`Scenarios/`) is found at run time; never an absolute path compiled in.
package struct DataFolder: Sendable, Hashable {
    /// The folder that holds `Scenarios/`.
    package let url: URL

    package init(url: URL) { self.url = url }

    /// `Scenarios/` itself.
    package var scenarios: URL { url.appending(path: "Scenarios", directoryHint: .isDirectory) }

    /// A file or folder below `Scenarios/`.
    package func scenarios(_ path: String) -> URL { scenarios.appending(path: path) }

    /// The four places, in order: the `--data` option, `$ASSAY_HOME`, `<executable>/../share/assay`, and the nearest
    /// ancestor of the executable. The first that is *given* must hold the data: a wrong option is never passed over.
    package static func locate(
        option: String?, environment: [String: String], executable: URL
    ) throws(DataFolderError) -> DataFolder {
        var tried: [DataFolderError.Place] = []
        func holdsData(_ folder: URL) -> Bool {
            FileManager.default.fileExists(atPath: folder.appending(path: "Scenarios/requirements.yaml").path)
        }
        func given(_ name: String, _ path: String?) throws(DataFolderError) -> DataFolder? {
            guard let path, !path.isEmpty else {
                tried.append(.init(name: name, outcome: "not given"))
                return nil
            }
            let folder = URL(fileURLWithPath: path, isDirectory: true)
            if holdsData(folder) { return DataFolder(url: folder) }
            tried.append(.init(name: name, outcome: "\(path) holds no Scenarios/requirements.yaml"))
            throw DataFolderError(places: tried)
        }
        if let folder = try given("--data", option) { return folder }
        if let folder = try given("$ASSAY_HOME", environment["ASSAY_HOME"]) { return folder }

        let place = executable.resolvingSymlinksInPath().deletingLastPathComponent()
        let share = place.deletingLastPathComponent().appending(path: "share/assay", directoryHint: .isDirectory)
        if holdsData(share) { return DataFolder(url: share) }
        tried.append(
            .init(name: "<executable>/../share/assay", outcome: "\(share.path) holds no Scenarios/requirements.yaml"))

        var ancestor = place
        while true {
            if holdsData(ancestor) { return DataFolder(url: ancestor) }
            let parent = ancestor.deletingLastPathComponent()
            if parent.path == ancestor.path || ancestor.path == "/" { break }
            ancestor = parent
        }
        tried.append(
            .init(
                name: "an ancestor of the executable",
                outcome: "none above \(place.path) holds Scenarios/requirements.yaml"))
        throw DataFolderError(places: tried)
    }
}

/// The data was not found (exit code 3); names all four places.
package struct DataFolderError: Error, Sendable, Hashable, CustomStringConvertible {
    package struct Place: Sendable, Hashable {
        package let name: String
        package let outcome: String
    }

    package let places: [Place]

    package var description: String {
        let order = ["--data", "$ASSAY_HOME", "<executable>/../share/assay", "an ancestor of the executable"]
        let lines = order.map { name in
            "  \(name): \(places.first { $0.name == name }?.outcome ?? "not tried: an earlier place was given")"
        }
        return "Assay's data (Scenarios/requirements.yaml) was not found:\n" + lines.joined(separator: "\n")
            + "\nName its folder with --data or ASSAY_HOME."
    }
}
