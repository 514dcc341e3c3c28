// SPDX-License-Identifier: Apache-2.0

import Foundation
import MockKit
import Trace
import Value
import World

/// Microsoft Graph for one authenticated request of one world.
struct Graph {
    let request: MockRequest
    let world: MicrosoftWorld
    let caller: AccessToken
    /// Under which addresses Microsoft's services stand for this client.
    let hosts: MicrosoftHosts
    /// `v1.0` or `beta`.
    let version: String
    /// Decoded path segments after the version.
    let path: [String]

    var origin: String { hosts.graph }

    static let versions: Set<String> = ["v1.0", "beta"]

    /// Everything but subscription requests, which need the network.
    func respond() -> MockResponse {
        let words = path.map { $0.lowercased() }
        if !request.body.isEmpty, request.mediaType != "application/json" {
            return refuse(
                415, "UnsupportedMediaType",
                "A request body must be application/json, not '\(request.mediaType ?? "")'.")
        }
        if let answer = applications() { return answer }
        switch (request.method, words.first) {
        case ("GET", "organization"): return organization()
        case ("GET", "subscribedskus"): return subscribedSKUs()
        case (_, "me"):
            guard let alias = caller.alias, let person = world.model.person(alias) else {
                return refuse(400, "BadRequest", "/me request is only valid with delegated authentication flow.")
            }
            return user(person, Array(path.dropFirst()))
        case (_, "users"):
            guard path.count > 1 else {
                return request.method == "GET" ? users() : refuse(403, "Authorization_RequestDenied", Self.denied)
            }
            guard let person = world.user(path[1]) else {
                return refuse(
                    404, "Request_ResourceNotFound",
                    "Resource '\(path[1])' does not exist or one of its queried reference-property objects are not present."
                )
            }
            if caller.isApplication, words.dropFirst(2).first == "onlinemeetings",
                path[1].lowercased() != person.directory?[.directoryID].lowercased()
            {
                return refuse(
                    404, "UnknownError", "Application permissions need the user's object id, not a principal name.")
            }
            return user(person, Array(path.dropFirst(2)))
        case (_, "communications"):
            guard words.dropFirst().first == "onlinemeetings" else { break }
            return meetings(of: nil, Array(path.dropFirst(2)))
        default: break
        }
        return refuse(400, "BadRequest", "Resource not found for the segment '\(path.first ?? "")'.")
    }

    private func user(_ person: Person, _ rest: [String]) -> MockResponse {
        let words = rest.map { $0.lowercased() }
        switch (request.method, words.first) {
        case ("GET", nil): return userResource(person)
        case ("GET", "licensedetails"): return licenseDetails(person)
        case ("GET", "memberof"), ("GET", "transitivememberof"): return memberOf(person)
        case ("POST", "sendmail"): return sendMail(from: person)
        case (_, "onlinemeetings"): return meetings(of: person, Array(rest.dropFirst()))
        default: return refuse(400, "BadRequest", "Resource not found for the segment '\(rest.first ?? "")'.")
        }
    }

    // MARK: Answers

    static let denied = "Insufficient privileges to complete the operation."

    /// A resource; `$select` applies to what a GET reads. `type` is its OData type's last word.
    func answer(_ value: Value, status: Int = 200, type: String = "entity") -> MockResponse {
        var value = value
        if request.method == "GET" {
            do throws(GraphQuery.Refusal) {
                value = try GraphQuery(request.queryFields).selected(value, type: type)
            } catch { return refuse(400, "BadRequest", error.message) }
        }
        return plain(value, status: status)
    }

    /// A collection, in pages where the client asks for them or there are more than `pageSize`.
    func list(_ items: [Value], context fragment: String, type: String, pageSize: Int = 100) -> MockResponse {
        do throws(GraphQuery.Refusal) {
            let query = try GraphQuery(request.queryFields)
            let page = query.page(of: items, size: pageSize)
            var selected: [Value] = []
            for item in page.items { selected.append(try query.selected(item, type: type)) }
            var body: Members = ["@odata.context": context(fragment)]
            if query.counts { body["@odata.count"] = Value(items.count) }
            if let next = page.next {
                body["@odata.nextLink"] = .string(
                    "\(origin)/\(version)/\(path.map { PercentCoding.encode($0) }.joined(separator: "/"))?\(next)")
            }
            body["value"] = .array(selected)
            return plain(.object(body))
        } catch { return refuse(400, "BadRequest", error.message) }
    }

    private func plain(_ value: Value, status: Int = 200) -> MockResponse {
        .json(
            value, status: status, type: "application/json;odata.metadata=minimal;odata.streaming=true;charset=utf-8",
            headers: Self.standing(request, world) + [(name: "OData-Version", value: "4.0")], world: world.id,
            party: .graph)
    }

    func nothing(_ status: Int) -> MockResponse {
        .empty(status: status, headers: Self.standing(request, world), world: world.id, party: .graph)
    }

    func refuse(_ status: Int, _ code: String, _ message: String) -> MockResponse {
        Self.refuse(request, world, status, code, message)
    }

    /// An error in Graph's shape (wire-protocols 2.7), recorded as a fact.
    static func refuse(
        _ request: MockRequest, _ world: MicrosoftWorld?, _ status: Int, _ code: String, _ message: String,
        retryAfter: Int? = nil, login: String? = nil
    ) -> MockResponse {
        world?.record(
            "graph.refused", by: .graph, exchange: request.exchange,
            ["status": Value(status), "code": .string(code), "path": .string(request.path)])
        let headers = standing(request, world)
        let id = headers.first?.value ?? ""
        var extra: [(name: String, value: String)] = []
        if let retryAfter { extra.append((name: "Retry-After", value: String(retryAfter))) }
        if status == 401 {
            let place = (login ?? request.origin) + "/common/oauth2/authorize"
            extra.append(
                (
                    name: "WWW-Authenticate",
                    value: "Bearer realm=\"\", authorization_uri=\"\(place)\", client_id=\"\(TokenResource.graphID)\", "
                        + "error=\"invalid_token\""
                ))
        }
        let inner: Members = [
            "date": .string(String(Instant.wall.wholeSecond.description.dropLast())), "request-id": .string(id),
            "client-request-id": .string(request.header("client-request-id") ?? id),
        ]
        return .json(
            ["error": ["code": .string(code), "message": .string(message), "innerError": .object(inner)]],
            status: status,
            headers: headers + extra, world: world?.id, party: .graph)
    }

    private static func standing(_ request: MockRequest, _ world: MicrosoftWorld?) -> [(name: String, value: String)] {
        let id = world?.random.uuid() ?? UUID().uuidString.lowercased()
        return [
            (name: "request-id", value: id),
            (name: "client-request-id", value: request.header("client-request-id") ?? id),
            (name: "Cache-Control", value: "private"),
        ]
    }

    func context(_ fragment: String) -> Value { .string("\(origin)/\(version)/$metadata#\(fragment)") }

    /// Whether the caller holds one of the roles (application) or scopes (delegated).
    func may(application: Set<String>, delegated: Set<String>) -> Bool {
        caller.has(caller.isApplication ? application : delegated)
    }

    func may(_ permission: GraphPermission) -> Bool {
        may(application: permission.application, delegated: permission.delegated)
    }

    /// Whether the Teams application access policy lets the application act for this organizer (nil: for somebody).
    func policyActs(for organizer: Person?) -> Bool {
        let settings = world.settings
        guard settings.accessPolicy, settings.accessPolicyActsFrom.map({ world.now >= $0 }) ?? true else {
            return false
        }
        guard let users = settings.accessPolicyUsers else { return true }
        return organizer.map { users.contains($0.alias) } ?? !users.isEmpty
    }
}
