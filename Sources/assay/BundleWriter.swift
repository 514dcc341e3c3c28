// SPDX-License-Identifier: Apache-2.0

import Evidence
import Foundation
import Judge
import Reports
import Runner
import Trace
import Value

/// Makes a bundle of a run's folder. Everything is written from the record as it lies on the disk, so that whoever
/// verifies can write the same again.
struct BundleWriter {
    let run: URL
    let certification: CertificationSuite
    let inputs: Certificate.Inputs
    let key: SigningKey
    let attachments: Attachments

    func certificate(product: Value) throws -> Certificate {
        let trace = try TraceReader.read(folder: run)
        let facts = try certification.facts(
            profile: inputs.profile, trace: trace,
            results: try certification.judge(trace, matrix: attachments.killMatrix), product: product,
            challenge: inputs.challenge, attachments: attachments)
        return Certificate(inputs, rules: certification.rules, facts: facts)
    }

    /// Seals beside the place and moves there last: a bundle is whole or not there.
    func write(_ certificate: Certificate, to place: URL) throws {
        let files = FileManager.default
        let parent = place.deletingLastPathComponent()
        try files.createDirectory(at: parent, withIntermediateDirectories: true)
        let folder = parent.appending(path: ".\(place.lastPathComponent)-\(UUID().uuidString)")
        try files.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? files.removeItem(at: folder) }
        let trace = try TraceReader.read(folder: run)
        let results = try certification.judge(trace, matrix: attachments.killMatrix)
        try files.copyItem(
            at: run.appending(path: SealedBundle.trace), to: folder.appending(path: SealedBundle.trace))
        if !trace.bodies.isEmpty {
            try files.createDirectory(at: folder.appending(path: "bodies"), withIntermediateDirectories: false)
        }
        for (name, body) in trace.bodies { try body.write(to: folder.appending(path: "bodies/\(name)")) }
        // What was run, in its wording: with it the record can be judged, replayed and read without this suite at hand.
        try files.copyItem(
            at: run.appending(path: ScenarioTexts.folder), to: folder.appending(path: SealedBundle.scenarios))
        for (name, report) in try CertificationSuite.reports(results, trace: trace) {
            try report.write(to: folder.appending(path: name))
        }
        let product = certificate.value["product"] ?? .null
        try Data((product.json(pretty: true) + "\n").utf8).write(to: folder.appending(path: SealedBundle.product))
        try Data(certificate.text.utf8).write(to: folder.appending(path: SealedBundle.certificate))
        for (name, text) in attachments.files { try Data(text.utf8).write(to: folder.appending(path: name)) }
        try Data(certification.files.utf8).write(to: folder.appending(path: SealedBundle.suite))
        try SealedBundle.seal(folder, certificate: certificate, results: ResultsJSON.value(results), key: key)
        try files.moveItem(at: folder, to: place)
    }
}
