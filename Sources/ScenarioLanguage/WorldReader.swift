// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Ledger
internal import SourceText
internal import Value
internal import World

/// Reads `world:`.
struct WorldReader {
    let mistakes: Mistakes
    private(set) var names = WorldNames()

    init(mistakes: Mistakes) { self.mistakes = mistakes }

    /// Nil where its vendor is missing; `names` holds whatever could be read.
    mutating func world(_ node: YAMLNode) -> WorldSpec? {
        guard let form = Form(node, what: "`world`", mistakes: mistakes) else { return nil }
        var spec = form.required("organization").flatMap { organization($0) }
        let bases = bases(form.node("bases"))
        let people = form.node("people").map { self.people($0) } ?? []
        let appointments = form.node("appointments").map { self.appointments($0) } ?? []
        if let node = form.node("clock"), let text = mistakes.text(node, "`clock`") {
            spec?.clock = Instant(rfc3339: text)
            if Instant(rfc3339: text) == nil {
                mistakes.report(
                    "bad-time", "`\(text)` is no time",
                    remedy: "write RFC 3339 with zone, for example `2027-03-14T06:00:00Z`",
                    at: node.span)
            }
        }
        form.finish()
        spec?.bases = bases
        spec?.people = people
        spec?.appointments = appointments
        return spec
    }

    private mutating func organization(_ node: YAMLNode) -> WorldSpec? {
        guard let form = Form(node, what: "`organization`", mistakes: mistakes) else { return nil }
        let vendor = form.required("ehr").flatMap { word($0, "`ehr`", Vendor.self) }
        let subscription = form.node("subscription").flatMap { word($0, "`subscription`", ConnectorSubscription.self) }
        let region = form.node("region").flatMap { word($0, "`region`", Region.self) }
        form.finish()
        names.vendor = vendor
        guard let vendor else { return nil }
        var spec = WorldSpec(vendor: vendor)
        if let subscription { spec.subscription = subscription }
        if let region { spec.region = region }
        return spec
    }

    private func word<Word: RawRepresentable & CaseIterable>(
        _ node: YAMLNode, _ what: String, _ type: Word.Type
    ) -> Word?
    where Word.RawValue == String {
        mistakes.word(node, what, of: Word.allCases.map(\.rawValue)).flatMap { Word(rawValue: $0) }
    }

    /// A name nothing else has; false, with a report, otherwise.
    private func isFree(_ key: YAMLNode, _ what: String) -> Bool {
        let name = key.text ?? ""
        guard Names.isName(name),
            !["ehr", "microsoft", "connector", "client", "world", "meeting", "parameters"].contains(name)
        else {
            mistakes.report(
                "bad-name", "`\(name)` is no name for \(what)",
                remedy: Names.isName(name) ? "the word means something else already" : "write " + Names.expected,
                at: key.span)
            return false
        }
        guard names.members(of: name) == nil else {
            mistakes.report("duplicate-name", "`\(name)` names something of this world already", at: key.span)
            return false
        }
        return true
    }

    // MARK: Bases

    private mutating func bases(_ node: YAMLNode?) -> [BaseSpec] {
        var specs: [BaseSpec] = []
        if let node, let form = Form(node, what: "`bases`", mistakes: mistakes) {
            for entry in form.entries where isFree(entry.key, "a FHIR base") {
                names.bases.insert(entry.name)
                if let spec = base(entry) { specs.append(spec) }
            }
        }
        if names.bases.isEmpty {
            names.bases.insert("main")
            specs = [BaseSpec(alias: "main", environment: .test, release: "2022-02")]
        }
        return specs
    }

    private func base(_ entry: YAMLNode.Entry) -> BaseSpec? {
        if entry.value.text != nil {
            return word(entry.value, "the environment of `\(entry.name)`", FHIREnvironment.self)
                .map { BaseSpec(alias: entry.name, environment: $0, release: "2022-02") }
        }
        guard let form = Form(entry.value, what: "the base `\(entry.name)`", mistakes: mistakes) else { return nil }
        let environment = form.node("environment").map { word($0, "`environment`", FHIREnvironment.self) } ?? .test
        let release = form.text("release") ?? "2022-02"
        form.finish()
        return environment.map { BaseSpec(alias: entry.name, environment: $0, release: release) }
    }

    // MARK: People

    private mutating func people(_ node: YAMLNode) -> [PersonSpec] {
        guard let form = Form(node, what: "`people`", mistakes: mistakes) else { return [] }
        var specs: [PersonSpec] = []
        for entry in form.entries where isFree(entry.key, "a person") {
            let spec = person(entry)
            // Known even where its role is wrong, so that one mistake does not cause a dozen.
            names.people[entry.name] = .some(spec?.role)
            if let spec { specs.append(spec) }
        }
        return specs
    }

    private func person(_ entry: YAMLNode.Entry) -> PersonSpec? {
        func role(_ node: YAMLNode) -> Role? {
            mistakes.word(node, "the role of `\(entry.name)`", of: Role.allCases.map(\.rawValue), code: "unknown-role")
                .flatMap { Role(rawValue: $0) }
        }
        func licences(_ role: Role) -> Set<String> { role == .patient ? [] : ["teams"] }
        if entry.value.text != nil {
            return role(entry.value).map {
                PersonSpec(
                    alias: entry.name, role: $0, locale: "en-US", timeZone: "America/New_York", licences: licences($0))
            }
        }
        guard let form = Form(entry.value, what: "the person `\(entry.name)`", mistakes: mistakes) else { return nil }
        let role = form.required("role").flatMap { role($0) }
        let locale = form.text("locale") ?? "en-US"
        if let node = form.node("locale"), !Self.isLocale(locale) {
            mistakes.report(
                "bad-locale", "`\(locale)` is no language tag", remedy: "write for example `es-ES`", at: node.span)
        }
        let zone = form.text("time-zone") ?? "America/New_York"
        if let node = form.node("time-zone"), TimeZone(identifier: zone) == nil {
            mistakes.report(
                "bad-time-zone", "`\(zone)` is no time zone", remedy: "write an IANA name such as `Europe/Madrid`",
                at: node.span)
        }
        let given = form.node("licences").map { node in
            Set(node.isNull ? [] : mistakes.words(node, "`licences`").map(\.word))
        }
        form.finish()
        return role.map {
            PersonSpec(alias: entry.name, role: $0, locale: locale, timeZone: zone, licences: given ?? licences($0))
        }
    }

    /// BCP 47 in its common shape.
    private static func isLocale(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard let language = parts.first, (2...3).contains(language.count) else { return false }
        return parts.allSatisfy { part in
            (2...8).contains(part.count) && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
        }
    }

    // MARK: Appointments

    private mutating func appointments(_ node: YAMLNode) -> [AppointmentSpec] {
        guard let form = Form(node, what: "`appointments`", mistakes: mistakes) else { return [] }
        var specs: [AppointmentSpec] = []
        for entry in form.entries where isFree(entry.key, "an appointment") {
            names.appointments.insert(entry.name)
            if let spec = appointment(entry) { specs.append(spec) }
        }
        return specs
    }

    private func appointment(_ entry: YAMLNode.Entry) -> AppointmentSpec? {
        guard let form = Form(entry.value, what: "the appointment `\(entry.name)`", mistakes: mistakes) else {
            return nil
        }
        let patient = form.required("patient").flatMap { participant($0, .patient) }
        let provider = form.required("provider").flatMap { participant($0, .provider) }
        let second = form.node("second-provider").flatMap { participant($0, .provider) }
        let starts = form.required("starts").flatMap { self.starts($0) }
        let minutes = form.node("minutes").map { mistakes.integer($0, "`minutes`", in: 1...1440) } ?? 30
        let video = form.node("video").map { mistakes.boolean($0, "`video`") } ?? true
        let base = base(of: form)
        let twin = form.node("ids-of").flatMap { earlier($0) }
        form.finish()
        guard let patient, let provider, let starts, let minutes, let video, let base else { return nil }
        return AppointmentSpec(
            alias: entry.name, base: base, patient: patient, provider: provider, secondProvider: second,
            startsAfter: starts, minutes: minutes, isVideoVisit: video, idsOf: twin)
    }

    /// The alias of an appointment that stands above.
    private func earlier(_ node: YAMLNode) -> String? {
        guard let alias = mistakes.text(node, "`ids-of`") else { return nil }
        if names.appointments.contains(alias) { return alias }
        mistakes.reportUnknown(
            "unknown-appointment", "appointment above", alias, known: names.appointments.sorted(), at: node.span)
        return nil
    }

    private func base(of form: Form) -> String? {
        if let node = form.node("base") {
            guard let alias = mistakes.text(node, "`base`") else { return nil }
            if names.bases.contains(alias) { return alias }
            mistakes.reportUnknown("unknown-base", "FHIR base", alias, known: names.bases.sorted(), at: node.span)
            return nil
        }
        if names.bases.contains("main") { return "main" }
        if names.bases.count == 1 { return names.bases.first }
        mistakes.report(
            "missing-key", "\(form.what) needs the key `base`: there are several and none is called `main`",
            at: form.span)
        return nil
    }

    private func participant(_ node: YAMLNode, _ role: Role) -> String? {
        guard let alias = mistakes.text(node, "`\(role.rawValue)`") else { return nil }
        guard let known = names.people[alias] else {
            let known = names.people.filter { $0.value == role }.keys.sorted()
            mistakes.reportUnknown("unknown-person", "person", alias, known: known, at: node.span)
            return nil
        }
        if let known, known != role {
            mistakes.report(
                "wrong-role",
                "`\(alias)` is \(Mistakes.article(known.rawValue)), not \(Mistakes.article(role.rawValue))",
                remedy: Mistakes.suggestion(for: "", among: names.people.filter { $0.value == role }.keys.sorted()),
                at: node.span)
        }
        return alias
    }

    private func starts(_ node: YAMLNode) -> Duration? {
        guard let text = mistakes.text(node, "`starts`") else { return nil }
        let sign = text.hasPrefix("-") ? -1 : 1
        let digits = text.hasPrefix("-") || text.hasPrefix("+") ? text.dropFirst() : text[...]
        if let duration = DurationText.parse(digits.trimmingSpaces) { return duration * sign }
        mistakes.report(
            "bad-duration", "`starts` is no duration after the world's start: `\(text)`",
            remedy: "write for example `+20m`",
            at: node.span)
        return nil
    }
}
