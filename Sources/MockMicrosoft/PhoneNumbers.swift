// SPDX-License-Identifier: Apache-2.0

import Foundation
import MockKit
import Trace
import Value
import World

/// Phone numbers as long-running operations (wire-protocols 3.4), which end on the world's clock.
struct PhoneNumbers {
    let request: MockRequest
    let world: MicrosoftWorld
    /// Scheme, host, port and the resource's path, for absolute operation addresses.
    let base: String
    /// Numbers of every world, so that none is offered twice.
    let taken: Set<String>

    /// A search is quick; the purchase takes `numberDelay`.
    private static let searchTime = Duration.seconds(5)
    private static let hold = Duration.seconds(15 * 60)

    func respond(_ path: [String]) -> MockResponse {
        if let refusal = ResourceVersions.problem(request, ResourceVersions.numbers) { return refusal.answer(world) }
        let rest = Array(path.dropFirst())
        switch (request.method, path.first, rest.count) {
        case ("POST", "availablePhoneNumbers", 3) where rest[0] == "countries" && rest[2] == ":search":
            return search(country: rest[1])
        case ("POST", "availablePhoneNumbers", 1) where rest[0] == ":purchase": return purchase()
        case ("GET", "availablePhoneNumbers", 2) where rest[0] == "searchResults": return searchResult(rest[1])
        case ("GET", "availablePhoneNumbers", 1) where rest[0] == "countries",
            ("GET", "availablePhoneNumbers", 3) where rest[0] == "countries":
            return NumberCatalogue.answer(request, rest, base: address).map { json($0) } ?? missing("resource")
        case ("GET", "phoneNumbers", 2) where rest[0] == "operations": return operation(rest[1])
        case ("DELETE", "phoneNumbers", 2) where rest[0] == "operations":
            guard world.numbers.operations.removeValue(forKey: rest[1]) != nil else { return missing("operation") }
            return .empty(status: 204, world: world.id, party: .sms)
        case ("GET", "phoneNumbers", 0): return list()
        case ("GET", "phoneNumbers", 1):
            return world.numbers.owned[rest[0]].map { json(value($0)) } ?? missing("phone number")
        case ("DELETE", "phoneNumbers", 1): return release(rest[0])
        case ("PATCH", "phoneNumbers", 2) where rest[1] == "capabilities": return change(rest[0])
        default: return missing("resource")
        }
    }

    private static let capabilityWords: Set<String> = ["none", "inbound", "outbound", "inbound+outbound"]

    private func bad(_ message: String) -> MockResponse { SMSGateway.refuse(world, 400, "BadRequest", message) }

    private func search(country: String) -> MockResponse {
        let body = request.json
        guard let type = body?["phoneNumberType"]?.string, ["tollFree", "geographic"].contains(type) else {
            return bad("phoneNumberType must be tollFree or geographic.")
        }
        guard let assignment = body?["assignmentType"]?.string, ["person", "application"].contains(assignment) else {
            return bad("assignmentType must be person or application.")
        }
        guard let capabilities = body?["capabilities"], let calling = capabilities["calling"]?.string,
            let sms = capabilities["sms"]?.string, Self.capabilityWords.isSuperset(of: [calling, sms])
        else { return bad("capabilities must say none, inbound, outbound or inbound+outbound for calling and sms.") }
        guard NumberCatalogue.offers(country, type, assignment, calling: calling, sms: sms) else {
            return bad("Numbers with these capabilities are not offered in country '\(country)'.")
        }
        let quantity = body?["quantity"]?.int ?? 1
        guard quantity >= 1 else { return bad("quantity must be at least 1.") }
        let areaCode = body?["areaCode"]?.string
        let codes = NumberCatalogue.areaCodes(type)
        guard areaCode.map({ codes.contains($0) }) ?? true else {
            return bad("Area code '\(areaCode ?? "")' is not offered.")
        }
        let prefix = "+1" + (areaCode ?? (type == "tollFree" ? "833" : "425"))
        // Where the stock is short, fewer come than were asked for (documented of the search result).
        let available = world.settings.numberSearchError == nil ? min(quantity, NumberCatalogue.stock) : 0
        var numbers: [String] = []
        while numbers.count < available {
            let number = prefix + world.random.token(1, from: "23456789") + world.random.digits(6)
            if !taken.contains(number), !numbers.contains(number) { numbers.append(number) }
        }
        let id = world.random.uuid()
        world.numbers.searches[id] = .init(
            id: id, numbers: numbers, type: type, assignment: assignment, capabilities: capabilities,
            expires: world.now + Self.searchTime + Self.hold)
        world.record(
            "number.requested", by: .sms, exchange: request.exchange,
            ["operation": "search", "number": Value(numbers.first)])
        return accepted(
            .search, subject: id, after: Self.searchTime, location: "/availablePhoneNumbers/searchResults/\(id)",
            id: ("search-id", id))
    }

    private func searchResult(_ id: String) -> MockResponse {
        guard let search = world.numbers.searches[id],
            world.numbers.operations.values.contains(where: {
                $0.kind == .search && $0.subject == id && $0.state == .succeeded
            })
        else { return missing("search result") }
        return json([
            "searchId": .string(id), "phoneNumbers": .array(search.numbers.map { .string($0) }),
            "phoneNumberType": .string(search.type), "assignmentType": .string(search.assignment),
            "capabilities": search.capabilities, "cost": NumberCatalogue.cost(search.type),
            "searchExpiresBy": .string(search.expires.description),
            "isAgreementToNotResellRequired": false, "errorCode": 0,
            "error": .string(world.now < search.expires ? "NoError" : "ReservationExpired"),
        ])
    }

    private func purchase() -> MockResponse {
        guard let id = request.json?["searchId"]?.string else { return bad("searchId is required.") }
        guard let search = world.numbers.searches[id], world.now < search.expires, !search.numbers.isEmpty,
            world.numbers.operations.values.contains(where: {
                $0.kind == .search && $0.subject == id && $0.state == .succeeded
            })
        else { return missing("search") }
        guard
            !world.numbers.operations.values.contains(where: {
                $0.kind == .purchase && $0.subject == id && $0.state != .failed
            })
        else { return SMSGateway.refuse(world, 409, "Conflict", "The search has been bought already.") }
        world.record(
            "number.requested", by: .sms, exchange: request.exchange,
            ["operation": "purchase", "number": Value(search.numbers.first)])
        return accepted(
            .purchase, subject: id, after: world.settings.numberDelay, location: "/phoneNumbers",
            id: ("purchase-id", id))
    }

    private func release(_ number: String) -> MockResponse {
        guard world.numbers.owned[number] != nil else { return missing("phone number") }
        world.record(
            "number.requested", by: .sms, exchange: request.exchange,
            ["operation": "release", "number": .string(number)])
        return accepted(
            .releasePhoneNumber, subject: number, after: Self.searchTime, id: ("release-id", world.random.uuid()))
    }

    private func change(_ number: String) -> MockResponse {
        guard let owned = world.numbers.owned[number] else { return missing("phone number") }
        guard request.mediaType == "application/merge-patch+json", case .object(let wanted)? = request.json else {
            return bad("Capabilities are changed by application/merge-patch+json.")
        }
        var capabilities = owned.capabilities.members ?? [:]
        for (name, value) in wanted {
            guard ["calling", "sms"].contains(name), Self.capabilityWords.contains(value.string ?? "") else {
                return bad("calling and sms must be none, inbound, outbound or inbound+outbound.")
            }
            capabilities[name] = value
        }
        world.numbers.owned[number]?.capabilities = .object(capabilities)
        return accepted(
            .updatePhoneNumberCapabilities, subject: number, after: .zero, location: "/phoneNumbers/\(number)",
            id: ("capabilities-id", world.random.uuid()))
    }

    /// `location` is where the result stands once there is one; a client asks there after the operation has ended.
    private func accepted(
        _ kind: NumberStock.Operation.Kind, subject: String, after delay: Duration, location: String? = nil,
        id: (name: String, value: String)
    ) -> MockResponse {
        let operation = "\(kind.rawValue)_\(world.random.uuid())"
        world.numbers.operations[operation] = .init(
            id: operation, kind: kind, subject: subject, created: world.now, due: world.now + delay, changed: world.now)
        if delay == .zero {
            var numbers = world.numbers
            numbers.settle(in: world)
            world.numbers = numbers
        }
        var headers = [
            (name: "Operation-Location", value: address("/phoneNumbers/operations/\(operation)")),
            (name: "operation-id", value: operation), (name: id.name, value: id.value),
        ]
        if let location { headers.append((name: "Location", value: address(location))) }
        return .empty(status: 202, headers: headers, world: world.id, party: .sms)
    }

    private func operation(_ id: String) -> MockResponse {
        guard let operation = world.numbers.operations[id] else { return missing("operation") }
        var members: Members = [
            "id": .string(id), "operationType": .string(operation.kind.rawValue),
            // Nothing has happened yet at the moment it was asked for.
            "status": .string(
                operation.state == .running && world.now == operation.created ? "notStarted" : operation.state.rawValue),
            "createdDateTime": .string(operation.created.description),
            "lastActionDateTime": .string(operation.changed.description),
        ]
        members["resourceLocation"] =
            switch operation.kind {
            case .search: .string(address("/availablePhoneNumbers/searchResults/\(operation.subject)"))
            case .purchase: .string(address("/phoneNumbers"))
            case .releasePhoneNumber: nil
            case .updatePhoneNumberCapabilities: .string(address("/phoneNumbers/\(operation.subject)"))
            }
        if operation.state == .failed {
            let code =
                operation.kind == .search
                ? world.settings.numberSearchError ?? "UnknownSearchError"
                : world.settings.numberPurchaseError ?? "ProvisioningFailed"
            members["error"] = [
                "code": .string(code), "message": .string("The operation \(operation.kind.rawValue) failed: \(code)."),
            ]
        }
        return json(.object(members))
    }

    private func list() -> MockResponse {
        let all = world.numbers.owned.values.sorted { $0.number < $1.number }
        let skip = max(0, (request.queryFields["skip"]).flatMap { Int($0) } ?? 0)
        let top = min(100, max(1, (request.queryFields["top"]).flatMap { Int($0) } ?? 100))
        let next = skip + top < all.count ? address("/phoneNumbers") + "&skip=\(skip + top)&top=\(top)" : nil
        return json([
            "phoneNumbers": .array(all.dropFirst(skip).prefix(top).map { value($0) }), "nextLink": Value(next),
        ])
    }

    private func value(_ owned: NumberStock.Owned) -> Value {
        [
            "id": .string(String(owned.number.dropFirst())), "phoneNumber": .string(owned.number), "countryCode": "US",
            "phoneNumberType": .string(owned.type), "capabilities": owned.capabilities,
            "assignmentType": .string(owned.assignment), "purchaseDate": .string(owned.purchased.description),
            "cost": NumberCatalogue.cost(owned.type),
        ]
    }

    private func address(_ path: String) -> String {
        base + path + "?api-version=" + PercentCoding.encode(request.queryFields["api-version"] ?? "")
    }

    private func json(_ value: Value) -> MockResponse { .json(value, world: world.id, party: .sms) }

    private func missing(_ what: String) -> MockResponse {
        SMSGateway.refuse(world, 404, "NotFound", "The \(what) was not found.")
    }
}

extension NumberStock {
    /// Ends the operations that are due by the world's clock, in the order of their due times.
    mutating func settle(in world: MicrosoftWorld) {
        let due = operations.values.filter { $0.state == .running && $0.due <= world.now }
            .sorted { ($0.due, $0.id) < ($1.due, $1.id) }
        for operation in due {
            let fails =
                operation.kind == .purchase && (world.settings.numberFails || world.settings.numberPurchaseError != nil)
                || operation.kind == .search && world.settings.numberSearchError != nil
            operations[operation.id]?.state = fails ? .failed : .succeeded
            operations[operation.id]?.changed = operation.due
            guard !fails else { continue }
            switch operation.kind {
            case .purchase:
                guard let search = searches[operation.subject] else { continue }
                for number in search.numbers {
                    owned[number] = Owned(
                        number: number, type: search.type, assignment: search.assignment,
                        capabilities: search.capabilities,
                        purchased: operation.due)
                    world.record("number.provisioned", by: .sms, ["number": .string(number)])
                }
            case .releasePhoneNumber: owned[operation.subject] = nil
            case .search, .updatePhoneNumberCapabilities: break
            }
        }
    }
}
