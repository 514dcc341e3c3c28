// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A patient's particulars while an honest connector holds them for one message: from here the deliberate faults below
/// let them out.
struct Spill: Sendable {
    let services: Services
    let patient: Patient
    let phone: String
    let visit: VisitRow
    let message: MessageRow

    /// Runs the leaks that are switched on; none of them stops the message.
    func run() async {
        for leak in Leak.all where services.behaviour.has(leak.defect) { try? await leak.work(self) }
    }

    func log(_ line: String) { services.log.event(line, tenant: visit.tenant) }

    /// Leaves a file in the data folder.
    func leave(_ name: String, _ content: Data) throws {
        let file = services.configuration.data.appending(path: name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try content.write(to: file)
    }

    /// Tells a telemetry service.
    func tell(
        _ path: String, host: String = "telemetry.example.net", headers: [(String, String)] = [], body: Data? = nil
    ) async throws {
        _ = try await services.http.send(
            body == nil ? "GET" : "POST", "http://\(host)/\(path)", headers: headers, body: body, seconds: 2)
    }
}

/// One way in which a patient's particulars get out.
struct Leak: Sendable {
    let defect: Defect
    let work: @Sendable (Spill) async throws -> Void

    static let all = intoTheLog + intoFiles + intoTheDatabase + toStrangers
}

extension Patient {
    var family: String { resource["name"][0]["family"].string ?? "" }
    var given: String { resource["name"][0]["given"][0].string ?? "" }
    var birthDate: String { resource["birthDate"].string ?? "" }
    /// The medical record number.
    var recordNumber: String {
        resource["identifier"].items.first { $0["type"]["text"].string == "MRN" }?["value"].string
            ?? resource["identifier"][0]["value"].string ?? ""
    }
}
