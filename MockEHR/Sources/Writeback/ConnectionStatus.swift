// SPDX-License-Identifier: Apache-2.0

import MockKit
import Trace
import Value
import World

/// SetExternalConnectionStatus: connects and disconnects of a visit, written by a GET web service (facts 5.4.5).
extension EHRBase {
    /// - Parameter isDeclared: false where the deployment says that writeback takes another way.
    func connectionStatus(_ request: MockRequest, isDeclared: Bool) -> MockResponse {
        guard let rules = profile.writeback else { return .empty(status: 404, world: model.id, party: .ehr) }
        let query = request.queryFields
        let account = world.registration.writeback
        let code = query["ConnectionStatus"].flatMap { Int($0) }
        let attendee = query["ExternalID"].flatMap { id in model.people.first { Self.isUser($0, id) } }
        let booked = query["ConferenceID"].flatMap { appointment(csn: $0) }
        let word =
            code == nil
            ? "unknown"
            : code == account?.connected ? "connected" : code == account?.disconnected ? "disconnected" : "unknown"
        var facts: Members = [:]
        if let booked { facts["appointment"] = .string(booked.plan.alias) }
        if let attendee { facts["attendee"] = .string(attendee.alias) }
        if let user = query["ExternalID"] { facts["user"] = .string(user) }
        if let type = query["ExternalIDType"] { facts["user-type"] = .string(type) }
        facts["status"] = .string(word)
        if let code { facts["code"] = Value(code) }

        func refused(_ reason: String, _ response: (Members) -> MockResponse) -> MockResponse {
            facts["accepted"] = false
            facts["reason"] = .string(reason)
            return response(facts)
        }
        guard isDeclared else {
            return refused("UNDECLARED-CHANNEL") { self.plain(403, $0) }
        }
        guard request.method == "GET" else {
            return refused("METHOD") { self.plain(405, $0) }
        }
        guard let basic = request.basicCredentials, let account, account.password == basic.password,
            basic.user == account.user || basic.user == "emp$" + account.user
        else {
            return refused("AUTHENTICATION") {
                self.plain(401, $0, [("WWW-Authenticate", "Basic realm=\"Interconnect\"")])
            }
        }
        let clients = [world.registration.clientID, world.registration.systemClient?.id].compactMap { $0 }
        guard let client = request.header(rules.vendorHeader), clients.contains(client) else {
            return refused("CLIENT-ID") { self.plain(403, $0) }
        }
        if let token = Self.fault(query, rules, knownConference: booked != nil, knownUser: attendee != nil, word: word)
        {
            return refused(token) { self.commandFailed(token, rules, $0) }
        }
        facts["accepted"] = true
        return .json(
            ["Status": "1"], world: model.id, party: .ehr, events: [event("writeback.received", facts)])
    }

    /// The user's unique id, or the sign-in name: what ExternalIDType 1 and 2 mean is not public (facts 10.1).
    private static func isUser(_ person: Person, _ id: String) -> Bool {
        !id.isEmpty && (person.ehr[.ehrUserID] == id || person.ehr[.userName] == id)
    }

    private static func fault(
        _ query: Form, _ rules: WritebackRules, knownConference: Bool, knownUser: Bool, word: String
    ) -> String? {
        func missing(_ name: String) -> Bool { (query[name] ?? "").isEmpty }
        if missing("ConferenceID") { return "NO-CONFERENCE-ID" }
        if missing("ExternalID") { return "NO-USER-ID" }
        if missing("ExternalIDType") { return "NO-USER-ID-TYPE" }
        if missing("VendorName") { return "NO-VENDOR-NAME" }
        if missing("ConnectionStatus") { return "NO-CONNECTION-STATUS" }
        if !knownConference { return "INVALID-CONFERENCE-ID" }
        if !knownUser { return "INVALID-USER-ID" }
        if !rules.userTypes.contains(query["ExternalIDType"] ?? "") { return "INVALID-USER-ID-TYPE" }
        return word == "unknown" ? "INVALID-CONNECTION-STATUS" : nil
    }

    private func plain(
        _ status: Int, _ facts: Members, _ headers: [(name: String, value: String)] = []
    ) -> MockResponse {
        .empty(
            status: status, headers: headers, world: model.id, party: .ehr, events: [event("writeback.received", facts)]
        )
    }

    private func commandFailed(_ token: String, _ rules: WritebackRules, _ facts: Members) -> MockResponse {
        .json(
            WritebackFailure.body(token, exceptionType: rules.exceptionType), status: 400, world: model.id, party: .ehr,
            events: [event("writeback.received", facts)])
    }
}

/// The body of a refused web service call.
enum WritebackFailure {
    static func body(_ token: String, exceptionType: String) -> Value {
        let message = "An error occurred while executing the command: \(token)."
        return [
            "Message": "An error has occurred.", "ExceptionMessage": .string(message),
            "ExceptionType": .string(exceptionType), "StackTrace": .null,
            "InnerException": [
                "Message": "An error has occurred.", "ExceptionMessage": .string(token),
                "ExceptionType": .string(exceptionType), "StackTrace": .null,
            ],
        ]
    }
}
