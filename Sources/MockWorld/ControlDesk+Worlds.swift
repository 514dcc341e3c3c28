// SPDX-License-Identifier: Apache-2.0

internal import MockEHR
internal import MockKit
internal import MockMicrosoft
internal import Trace
internal import Value
internal import World

/// Worlds, appointments, people.
extension ControlDesk {
    func place(_ call: ControlCall) async throws(ControlError) -> Stand.Place {
        try await stand.place(call.values["world"] ?? "")
    }

    func worlds(_ call: ControlCall) async throws(ControlError) -> Value {
        switch call.route.operation {
        case .listWorlds:
            let listed = await stand.open.map { place -> Value in
                [
                    "world": .string(place.id.rawValue), "vendor": .string(place.model.vendor.rawValue),
                    "organization": .string(place.model.organizationName), "now": .string(place.clock.now.description),
                ]
            }
            return ["worlds": .array(listed)]
        case .openWorlds: return try await openWorlds(call)
        case .closeWorld:
            try await stand.close(try await place(call).id)
            return .null
        case .advanceClock:
            let place = try await place(call)
            let target = try instant(call.text("to") ?? call.text("advance") ?? "", now: place.clock.now)
            try await stand.advance(place.id, to: target)
            return ["now": .string(place.clock.now.description)]
        default:
            let place = try await place(call)
            guard case .object(var members) = place.description else { return .null }
            members["now"] = .string(place.clock.now.description)
            return .object(members)
        }
    }

    private func openWorlds(_ call: ControlCall) async throws(ControlError) -> Value {
        guard let vendor = Vendor(rawValue: try call.required("vendor")) else {
            throw ControlError(422, "there is no such vendor", remedy: "write cerner or epic")
        }
        let count = call.body["count"]?.int ?? 1
        guard (1...10_000).contains(count) else {
            throw ControlError(422, "`count` is a number from 1 to 10000", remedy: "open them in several requests")
        }
        var opened: [Value] = []
        for index in 0..<count {
            do {
                let place = try await stand.open(vendor)
                if index < 10 { opened.append(place.description) }
            } catch {
                throw ControlError(500, "the world cannot be opened: \(error)", remedy: "close others, or start again")
            }
        }
        return ["worlds": .array(opened), "opened": Value(count)]
    }

    /// A time, or a duration from now.
    private func instant(_ text: String, now: Instant) throws(ControlError) -> Instant {
        if let instant = Instant(rfc3339: text) { return instant }
        if let duration = stand.source.duration(text.hasPrefix("+") ? String(text.dropFirst()) : text) {
            return now + duration
        }
        throw ControlError(
            422, "`\(text)` is no time", remedy: "write RFC 3339 with zone, or a duration such as 15m")
    }

    // MARK: Appointments

    func appointments(_ call: ControlCall) async throws(ControlError) -> Value {
        let place = try await place(call)
        do {
            switch call.route.operation {
            case .listAppointments:
                let board = try await stand.ehr.board(in: place.id)
                let connections = Connections(journal, place.model)
                return ["appointments": .array(board.map { connections.value($0) })]
            case .bookAppointment: return try await book(call, place)
            case .moveAppointment:
                let alias = call.values["appointment"] ?? ""
                let start = try instant(try call.required("start"), now: place.clock.now)
                try await stand.ehr.move(alias, to: start.wholeSecond, in: place.id)
                return try await appointment(alias, place)
            case .markAppointment:
                let alias = call.values["appointment"] ?? ""
                guard let condition = AppointmentCondition(rawValue: try call.required("condition")) else {
                    throw ControlError(
                        422, "`condition` is none of these",
                        remedy: "write " + AppointmentCondition.allCases.map(\.rawValue).joined(separator: ", "))
                }
                try await stand.ehr.setCondition(condition, of: alias, in: place.id)
                return try await appointment(alias, place)
            default:
                let alias = call.values["appointment"] ?? ""
                try await stand.ehr.cancel(alias, in: place.id)
                return try await appointment(alias, place)
            }
        } catch { throw ControlError(error) }
    }

    private func book(_ call: ControlCall, _ place: Stand.Place) async throws -> Value {
        let model = place.model
        let taken = try await stand.ehr.board(in: place.id).map(\.plan.alias) + model.appointments.map(\.alias)
        let number = (1...).first { !taken.contains("visit-\($0)") } ?? 1
        let alias = call.text("alias") ?? "visit-\(number)"
        let provider = call.text("provider") ?? model.people.first { $0.role == .provider }?.alias ?? ""
        let minutes = call.body["minutes"]?.int ?? 30
        guard (5...1440).contains(minutes) else {
            throw ControlError(422, "`minutes` is a number from 5 to 1440", remedy: "write 30")
        }
        let start = try instant(call.text("start") ?? "15m", now: place.clock.now).wholeSecond
        if model.appointment(alias) == nil {
            var random = RunSeed(seed: 0, nonce: model.tenant).identity("booked", alias)
            let isCerner = model.vendor == .cerner
            try await stand.ehr.plan(
                PlannedAppointment(
                    alias: alias, base: model.bases.first?.alias ?? "main",
                    fhirID: isCerner ? random.recordNumber() : "e" + random.token(22),
                    encounterID: isCerner ? random.recordNumber() : "e" + random.token(22), csn: random.digits(10),
                    patient: try call.required("patient"), provider: provider, start: start, minutes: minutes),
                in: place.id)
        } else if taken.contains(alias) {
            throw ControlError(409, "\(alias) is booked already", remedy: "choose another alias, or move it")
        }
        try await stand.ehr.book(alias, in: place.id, start: start)
        return try await appointment(alias, place)
    }

    private func appointment(_ alias: String, _ place: Stand.Place) async throws -> Value {
        let connections = Connections(journal, place.model)
        return try await stand.ehr.board(in: place.id).first { $0.plan.alias == alias }.map { connections.value($0) }
            ?? .null
    }

    // MARK: People

    func people(_ call: ControlCall) async throws(ControlError) -> Value {
        let place = try await place(call)
        do {
            switch call.route.operation {
            case .listPeople: return ["people": place.description["people"] ?? []]
            case .changePerson: return try await change(call, place)
            default:
                switch try call.required("do") {
                case "expire": try await stand.ehr.expireTokens(in: place.id)
                case "revoke": try await stand.ehr.revokeTokens(in: place.id)
                case "rotate-keys": try await stand.ehr.changeKeys(in: place.id, withdrawing: false)
                case "withdraw-keys": try await stand.ehr.changeKeys(in: place.id, withdrawing: true)
                case "throttle-refresh": try await stand.ehr.throttleRefresh(true, in: place.id)
                case "free-refresh": try await stand.ehr.throttleRefresh(false, in: place.id)
                case "register-anew": try await registerAnew(call, place)
                case "sign-out":
                    for person in place.model.people { try await stand.ehr.signOut(person.alias, in: place.id) }
                default:
                    throw ControlError(
                        422, "`do` is none of these",
                        remedy:
                            "write expire, revoke, sign-out, rotate-keys, withdraw-keys, throttle-refresh, free-refresh or "
                            + "register-anew")
                }
                return ["done": .string(try call.required("do"))]
            }
        } catch { throw ControlError(error) }
    }

    private func registerAnew(_ call: ControlCall, _ place: Stand.Place) async throws {
        let text = call.text("after").flatMap { $0.isEmpty ? nil : $0 }
        let delay = text.flatMap { stand.source.duration($0) }
        guard text == nil || delay != nil else {
            throw ControlError(422, "`\(text ?? "")` is no duration", remedy: "write for example 15m")
        }
        try await stand.ehr.delayRegistration(by: delay, in: place.id)
    }

    private func change(_ call: ControlCall, _ place: Stand.Place) async throws -> Value {
        let alias = call.values["person"] ?? ""
        guard place.model.person(alias) != nil else {
            throw ControlError(
                404, "there is no person \(alias)",
                remedy: "known: " + place.model.people.map(\.alias).joined(separator: ", "))
        }
        @Sendable func orNil(_ text: String) -> String? { text == "none" ? nil : text }
        if let phone = call.text("phone") {
            try await stand.ehr.setPhone(of: alias, to: orNil(phone), in: place.id)
            try await stand.microsoft.configure(place.id) { $0.phones[alias] = orNil(phone) }
        }
        if let email = call.text("email") { try await stand.ehr.setEmail(of: alias, to: orNil(email), in: place.id) }
        if let language = call.text("language") {
            try await stand.ehr.setLanguage(of: alias, to: orNil(language), in: place.id)
        }
        if let licences = call.text("licences") {
            let plans = Set((orNil(licences) ?? "").split(separator: " ").map(String.init))
            try await stand.microsoft.configure(place.id) { $0.licences[alias] = plans }
        }
        return ["person": .string(alias), "changed": .array(call.body.map { .string($0.name) })]
    }
}
