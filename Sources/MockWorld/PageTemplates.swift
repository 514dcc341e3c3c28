// SPDX-License-Identifier: Apache-2.0

package import Foundation
internal import Mustache
internal import Value

/// The templates, style sheet and script of the pages, found at run time below `MockEHR/pages`.
package struct PageTemplates: Sendable {
    private let library: MustacheLibrary
    private let files: [String: Data]

    /// Reads a folder. Throws a ``PageError`` that names file and cause.
    package init(folder: URL) throws(PageError) {
        var templates: [String: MustacheTemplate] = [:]
        var files: [String: Data] = [:]
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() } catch {
            throw PageError(
                message: "the pages \(folder.path) cannot be read: \(error.localizedDescription)",
                remedy: "name the folder that holds MockEHR/pages with --data or ASSAY_HOME")
        }
        for name in names {
            let file = folder.appending(path: name)
            do {
                let data = try Data(contentsOf: file)
                if name.hasSuffix(".mustache") {
                    templates[String(name.dropLast(".mustache".count))] = try MustacheTemplate(
                        string: String(decoding: data, as: UTF8.self))
                } else {
                    files[name] = data
                }
            } catch {
                throw PageError(message: "the page \(file.path) cannot be used: \(error)", remedy: "mend the file")
            }
        }
        for name in Self.needed where templates[name] == nil {
            throw PageError(
                message: "\(folder.path) holds no \(name).mustache", remedy: "name the folder of this version of Assay")
        }
        library = MustacheLibrary(templates: templates)
        self.files = files
    }

    private static let needed = [
        "layout", "start", "board", "inbox", "lobby", "numbers", "panel", "exchanges", "exchange", "powerchart",
        "hyperspace", "haiku", "canto", "mychart", "message",
    ]

    /// A file that is sent as it is: style sheet, script, picture.
    func file(_ name: String) -> Data? { files[name] }

    /// A page; every text of `context` is escaped.
    func render(_ name: String, _ context: Value) -> String {
        library.render(Self.plain(context), withTemplate: name) ?? ""
    }

    private static func plain(_ value: Value) -> Any {
        switch value {
        case .object(let members):
            var plain: [String: Any] = [:]
            // An empty text is not there, so that a section around it does not show.
            for (name, value) in members where !value.isNull && value != "" { plain[name] = Self.plain(value) }
            return plain
        case .array(let items): return items.map { plain($0) }
        case .bool(let flag): return flag
        default: return value.scalarText ?? ""
        }
    }
}

/// Why the pages cannot be shown.
package struct PageError: Error, Sendable, CustomStringConvertible {
    package let message: String
    package let remedy: String
    package var description: String { "\(message); \(remedy)" }
}
