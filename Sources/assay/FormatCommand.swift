// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import SourceText
import Value

/// `assay fmt`: scenario, procedure and deployment files in their canonical form.
struct FormatCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fmt", abstract: "Put scenario and deployment files into their canonical form.",
        discussion: """
            Comments, order and meaning stay; indentation, spaces and blank lines become uniform. `-` formats standard \
            input to standard output. Folders are searched for .yaml files.

            Exit codes: 0 done (with --check: all files are in form), 1 with --check: some are not, 3 a file cannot be \
            read, 64 misuse.
            """)

    @Argument(help: "Files or folders; - for standard input.")
    var files: [String]

    @Flag(help: "Change nothing, name the files that are not in form.")
    var check = false

    func run() throws {
        var isBroken = false
        var isOther = false
        for path in files {
            for file in places(path) {
                guard let text = read(file) else {
                    Console.error("\(file): cannot be read.\n  = Name a file that exists and is UTF-8 text.")
                    isBroken = true
                    continue
                }
                let source = SourceFile(path: file == "-" ? "<stdin>" : file, text: text)
                switch YAMLFormatter.format(source) {
                case .failure(let error):
                    Console.error(error.diagnostics.map { $0.rendered(in: source) }.joined(separator: "\n"))
                    isBroken = true
                case .success(let formatted):
                    if check {
                        if formatted != text {
                            Console.print("\(source.path): not in form")
                            isOther = true
                        }
                    } else if file == "-" {
                        Console.print(String(formatted.dropLast()))
                    } else if formatted != text, !write(formatted, to: file) {
                        isBroken = true
                    }
                }
            }
        }
        if isBroken { throw ExitCode(3) }
        if isOther { throw ExitCode(1) }
    }

    /// The file itself, or all .yaml files below a folder by path.
    private func places(_ path: String) -> [String] {
        var isFolder: ObjCBool = false
        guard path != "-", FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue
        else { return [path] }
        let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
        return names.filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }.sorted().map { path + "/" + $0 }
    }

    private func read(_ file: String) -> String? {
        if file == "-" { return String(validating: FileHandle.standardInput.readDataToEndOfFile(), as: UTF8.self) }
        return try? String(contentsOfFile: file, encoding: .utf8)
    }

    private func write(_ text: String, to file: String) -> Bool {
        // In place: links and permissions stay.
        do {
            let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: file))
            defer { try? handle.close() }
            try handle.write(contentsOf: Data(text.utf8))
            try handle.truncate(atOffset: UInt64(text.utf8.count))
            return true
        } catch {
            Console.error("\(file): cannot be written: \(error.localizedDescription)")
            return false
        }
    }
}
