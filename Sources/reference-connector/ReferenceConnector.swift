// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation

/// A connector between an EHR and Teams visits, as an honest vendor would build it.
@main struct ReferenceConnector: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reference-connector",
        abstract: "A connector between EHRs (Cerner, Epic) and Teams visits, with deliberate faults on demand.",
        version: ConnectorServer.version)

    @Option(help: "Port on 127.0.0.1; 0 takes a free one.")
    var port = 0

    @Option(help: "Folder for durable state.")
    var data = "connector-data"

    @Option(name: .customLong("defect"), help: "Id of a deliberate fault; may be repeated.")
    var defects: [String] = []

    @Option(name: .customLong("variant"), help: "Id of a permitted difference; may be repeated.")
    var variants: [String] = []

    @Option(help: "File to which the ids of the faults are added whose places this process reaches.")
    var reachedDefects: String?

    @Flag(help: "Print all faults and differences as JSON and end.")
    var listDefects = false

    @Option(help: "Edition of the Cerner pages: 2022-02, 2022-04 or 2022-06.")
    var cernerEdition = "2022-06"

    @Flag(help: "End when standard input is closed.")
    var untilStdinCloses = false

    func validate() throws {
        for id in defects where Defect(rawValue: id) == nil {
            throw ValidationError("Unknown defect '\(id)'. --list-defects prints them all.")
        }
        for id in variants where Variant(rawValue: id) == nil {
            throw ValidationError("Unknown variant '\(id)'. --list-defects prints them all.")
        }
        guard Configuration.Edition(rawValue: cernerEdition) != nil else {
            let known = Configuration.Edition.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("Unknown edition '\(cernerEdition)'. Known: \(known).")
        }
    }

    func run() async throws {
        if listDefects {
            print(String(decoding: Self.list.data, as: UTF8.self))
            return
        }
        let behaviour = Behaviour(
            defects: Set(defects.compactMap(Defect.init(rawValue:))),
            variants: Set(variants.compactMap(Variant.init(rawValue:))),
            reached: try reachedDefects.map(ReachedDefects.init(path:)))
        let settings = try Configuration(
            environment: ProcessInfo.processInfo.environment, data: URL(filePath: data, directoryHint: .isDirectory),
            edition: Configuration.Edition(rawValue: cernerEdition) ?? .june)
        try await ConnectorServer(configuration: settings, behaviour: behaviour)
            .run(port: port, untilInputCloses: untilStdinCloses)
    }

    private static var list: JSON {
        let defects = Defect.allCases.map { JSON.entry($0.rawValue, "defect", $0.story) }
        let variants = Variant.allCases.map { JSON.entry($0.rawValue, "variant", $0.story) }
        return .array(defects + variants)
    }
}

extension JSON {
    fileprivate static func entry(_ id: String, _ kind: String, _ story: String) -> JSON {
        ["id": .string(id), "kind": .string(kind), "story": .string(story)]
    }
}
