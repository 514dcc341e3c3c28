// SPDX-License-Identifier: Apache-2.0

import Canary
import Foundation

/// What the arguments of `assay scan` name: files and folders gone through by name. The names are searched too, since a
/// value may stand in one, and then are shown without it.
struct ScanPlaces {
    struct File {
        /// Where it is read.
        let path: String
        /// How it is called in what is printed.
        let shown: String
    }

    private let detector: Detector
    private let memory = ScanMemory()
    private(set) var files: [File] = []

    init(_ detector: Detector) { self.detector = detector }

    /// Adds a file, or all files of a folder; findings in names go to the report, and so do folders that cannot be read.
    /// Returns false where there is nothing.
    mutating func add(_ place: String, _ report: inout ScanReport) -> Bool {
        if place == "-" {
            files.append(File(path: place, shown: "<stdin>"))
            return true
        }
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: place, isDirectory: &isFolder) else { return false }
        let path = place.count > 1 && place.hasSuffix("/") ? String(place.dropLast()) : place
        // What leads to the place is not part of what is searched.
        let name = path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
        let leading = String(path.dropLast(name.count))
        let shown = leading + search(name, in: "", shownIn: leading, &report)
        if isFolder.boolValue {
            walk(path, name, shown, &report)
        } else {
            files.append(File(path: path, shown: shown))
        }
        return true
    }

    /// - Parameter names: the folder's name, with those of the folders around it up to the place that was named.
    private mutating func walk(_ path: String, _ names: String, _ shown: String, _ report: inout ScanReport) {
        let manager = FileManager.default
        let children: [String]
        do { children = try manager.contentsOfDirectory(atPath: path) } catch {
            return report.addUnscanned(path: shown, reason: "cannot be read: \(error.localizedDescription)")
        }
        for name in children.sorted() {
            let own = "\(path)/\(name)"
            let ownShown = "\(shown)/" + search(name, in: names + "/", shownIn: "\(shown)/", &report)
            switch (try? manager.attributesOfItem(atPath: own))?[.type] as? FileAttributeType {
            case .typeDirectory?: walk(own, "\(names)/\(name)", ownShown, &report)
            case .typeRegular?: files.append(File(path: own, shown: ownShown))
            case .typeSymbolicLink?:
                // It may lead out of the folder, or round in circles: what it names is searched, not what is there.
                if let target = try? manager.destinationOfSymbolicLink(atPath: own) {
                    _ = search(target, in: "", shownIn: "\(ownShown) -> ", &report)
                }
            case nil: report.addUnscanned(path: ownShown, reason: "cannot be read: it is gone or may not be looked at")
            // Pipes, sockets and devices hold nothing, and might never end.
            default: break
            }
        }
    }

    /// Reports the values in a name, alone or together with the names before it, and returns the name without them.
    private func search(
        _ name: String, in names: String, shownIn shownNames: String, _ report: inout ScanReport
    ) -> String {
        let before = names.utf8.count
        var left = Array(name.utf8)
        let found = detector.scan(Array((names + name).utf8), memory).hits.filter { $0.offset + $0.length > before }
        // From the last to the first, so that places stay what they are.
        for hit in found.reversed() {
            let range = max(0, hit.offset - before)..<min(left.count, hit.offset + hit.length - before)
            guard range.lowerBound < range.upperBound else { continue }
            left.replaceSubrange(range, with: Array("{\(hit.canary)}".utf8))
        }
        let shown = String(decoding: left, as: UTF8.self)
        for hit in found { report.add(hit, path: shownNames + shown, isName: true) }
        return shown
    }
}
