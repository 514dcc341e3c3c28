// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import MockEHR
internal import MockKit
internal import MockMicrosoft
internal import MockWorld
internal import ScenarioLanguage
internal import SourceText
internal import Value
internal import World

/// The worlds of `assay mock`: the ready-made ones, or those of the user's own files.
struct StandWorlds: StandSource {
    let seed: RunSeed
    let redirectURIs: [String]
    let launchURL: String?
    /// By the order in which they are opened; later worlds are ready-made again.
    let specs: [WorldSpec]
    /// How many worlds there are from the start: each its vendor's first, or one of `specs`.
    let first: Int

    func world(
        _ vendor: Vendor, ordinal: Int, start: Instant, ehr: String, microsoft: String
    ) throws -> StandWorld {
        let spec = ordinal < specs.count ? specs[ordinal] : Self.readyMade(vendor)
        let name = ordinal < first && specs.isEmpty ? vendor.rawValue : "\(vendor.rawValue)-\(ordinal)"
        let scenario = Scenario(
            id: "mock-\(name)", title: "mock", notes: nil, profiles: [],
            verifies: [], requires: [], isolation: .shared, world: spec, steps: [], always: [],
            file: SourceFile(path: "", text: ""))
        let world = WorldBuilder(seed: seed, ehrOrigin: ehr).build(scenario, ordinal: ordinal, start: start)
        let credentials = MockCredentials(world, seed: seed, name: name, redirectURIs: redirectURIs)
        let records = launchURL.map { launch in
            world.bases.flatMap { base in
                [Role.provider, .patient].map { role in
                    IntegrationRecord(
                        role: role, baseURL: base.url, launchURL: launch,
                        parameters: vendor == .epic ? "sessionId=%CSN%" : nil)
                }
            }
        }
        return StandWorld(
            model: world, ehr: credentials.ehr, entra: credentials.entra, sms: credentials.sms,
            records: records ?? [],
            describe: { credentials.description(ehr: ehr, microsoft: microsoft, number: $0) })
    }

    func fault(_ value: Value, in world: WorldID?, now: Instant) throws(ControlError) -> Fault {
        let effects = FaultSpec.effects.filter { value[$0] != nil }
        guard let place = value["place"]?.string, FaultSpec.places.contains(place) else {
            throw ControlError(
                422, "`place` is none", remedy: "write one of " + FaultSpec.places.joined(separator: ", "))
        }
        guard effects.count == 1 else {
            throw ControlError(
                422,
                effects.isEmpty
                    ? "a fault without effect" : "a fault has one effect, not \(effects.joined(separator: " and "))",
                remedy: "write one of " + FaultSpec.effects.joined(separator: ", "))
        }
        if let path = value["path"]?.string, !path.hasPrefix("/"), !path.hasPrefix("*") {
            throw ControlError(422, "`path` begins with `/` or `*`", remedy: "write for example `**/Appointment/*`")
        }
        if FaultSpec.channels.contains(place), value["path"] != nil || value["method"] != nil {
            throw ControlError(
                422, "`path` and `method` do not go with `place` `\(place)`",
                remedy: "leave them out, or write `ehr` or `sms`")
        }
        if let trouble = value["tls"]?.string, !FaultSpec.troubles.contains(trouble) {
            throw ControlError(
                422, "`tls` is no trouble", remedy: "write one of " + FaultSpec.troubles.joined(separator: ", "))
        }
        if let code = value["aadsts"]?.int, place != "entra" || !MicrosoftWord.signInCodes.contains(code) {
            throw ControlError(
                422, "`aadsts` is a code that Entra can be made to answer with, at `place` `entra`",
                remedy: "write one of " + MicrosoftWord.signInCodes.map(String.init).joined(separator: ", "))
        }
        if let code = value["issue"]?.int, place != "ehr" || !EpicIssueCode.all.contains(code) {
            throw ControlError(
                422, "`issue` is a number of Epic's, at `place` `ehr`",
                remedy: "write one of " + EpicIssueCode.all.map(String.init).joined(separator: ", "))
        }
        let status = value["status"]?.int
        guard let spec = FaultSpec(value), status.map({ (200...599).contains($0) }) ?? true, spec.nth >= 1,
            (spec.times ?? 1) >= 1, (1...100).contains(spec.percent)
        else {
            throw ControlError(
                422, "`\(effects[0])` cannot be read as a fault: \(value.json())",
                remedy: "see armFault in /-/openapi.json")
        }
        return Fault(spec, in: world, now: now, writeback: .webService, texts: .azureTexts)
    }

    func duration(_ text: String) -> Duration? { DurationText.parse(text) }

    /// An organization with two patients, a provider, an administrator and an approver, and visits today and tomorrow.
    private static func readyMade(_ vendor: Vendor) -> WorldSpec {
        var world = WorldSpec(vendor: vendor)
        world.bases = [BaseSpec(alias: "main", environment: .test, release: "2022-02")]
        let people: [(String, Role)] = [
            ("ann", .patient), ("ben", .patient), ("dr-ruiz", .provider), ("ada", .administrator), ("eli", .approver),
        ]
        world.people = people.map { alias, role in
            PersonSpec(
                alias: alias, role: role, locale: "en-US", timeZone: "America/New_York",
                licences: role == .provider ? ["teams", "teams-premium"] : ["teams"])
        }
        let visits: [(String, String, Duration)] = [
            ("visit", "ann", .seconds(1200)), ("second-visit", "ben", .seconds(7200)),
            ("tomorrow", "ann", .seconds(86_400)),
        ]
        world.appointments = visits.map { alias, patient, starts in
            AppointmentSpec(
                alias: alias, base: "main", patient: patient, provider: "dr-ruiz", secondProvider: nil,
                startsAfter: starts, minutes: 30, isVideoVisit: true)
        }
        return world
    }
}
