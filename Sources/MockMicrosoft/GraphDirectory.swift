// SPDX-License-Identifier: Apache-2.0

import Foundation
import MockKit
import Trace
import Value
import World

/// Users, licences, roles and subscriptions of the organization.
extension Graph {
    private static let wholeDirectory: Set<String> = ["Directory.Read.All", "Directory.ReadWrite.All"]

    func userResource(_ person: Person) -> MockResponse {
        guard mayRead(person, application: ["User.Read.All", "User.ReadBasic.All"]) else { return deniedDirectory() }
        record("user", person)
        var members: Members = ["@odata.context": context("users/$entity")]
        for (name, value) in resource(person) { members[name] = value }
        return answer(.object(members), type: "user")
    }

    /// `GET /users`: everybody with an account, narrowed by `$filter` (equality and `startswith`, joined by `or`).
    func users() -> MockResponse {
        let any = Self.wholeDirectory.union(["User.Read.All", "User.ReadBasic.All", "User.ReadWrite.All"])
        guard may(application: any, delegated: any) else { return deniedDirectory() }
        record("user", nil)
        var people = world.model.people.filter { $0.directory != nil }.map { Value.object(resource($0)) }
        if let filter = request.queryFields["$filter"] {
            guard let matches = Self.matcher(filter) else {
                return refuse(400, "BadRequest", "Invalid filter clause: '\(filter)' is not supported.")
            }
            people = people.filter(matches)
        }
        return list(people, context: "users", type: "user")
    }

    /// What Graph shows of a user unless asked for more; with `$select` also what it else keeps to itself.
    private func resource(_ person: Person) -> Members {
        let directory = person.directory ?? PersonRecord()
        var members: Members = [
            "businessPhones": [], "displayName": .string(directory[.displayName]),
            "givenName": .string(directory[.givenName]), "surname": .string(directory[.familyName]), "jobTitle": .null,
            "mail": Value(text(directory[.email])), "mobilePhone": .null, "officeLocation": .null,
            "preferredLanguage": .string(person.locale), "userPrincipalName": .string(directory[.principalName]),
            "id": .string(directory[.directoryID]),
        ]
        if request.queryFields["$select"] ?? request.queryFields["select"] != nil {
            members["accountEnabled"] = .bool(world.settings.signInErrors[person.alias] != 50057)
            members["userType"] = "Member"
            members["department"] = .null
            members["usageLocation"] = .string(country)
            let held = world.licences(of: person).sorted()
            let off = world.settings.disabledPlans[person.alias] ?? []
            members["assignedLicenses"] = .array(
                held.isEmpty
                    ? []
                    : [
                        [
                            "skuId": .string(Self.suiteID),
                            "disabledPlans": .array(
                                held.filter(off.contains).map { Self.plan($0)["servicePlanId"] ?? .null }),
                        ]
                    ])
            members["assignedPlans"] = .array(
                held.map { name in
                    let plan = Self.plan(name)
                    return [
                        "servicePlanId": plan["servicePlanId"] ?? .null,
                        "capabilityStatus": off.contains(name) ? "Deleted" : "Enabled",
                        "service": .string(
                            plan["servicePlanName"] == "TEAMS1" ? "TeamspaceAPI" : "MicrosoftCommunications"),
                        "assignedDateTime": .string(world.model.start.wholeSecond.description),
                    ]
                })
        }
        return members
    }

    /// A filter's meaning; nil for one that is not supported.
    private static func matcher(_ filter: String) -> (@Sendable (Value) -> Bool)? {
        var tests: [@Sendable (Value) -> Bool] = []
        for clause in filter.components(separatedBy: " or ") {
            let clause = clause.trimmingCharacters(in: .whitespaces)
            if clause.lowercased().hasPrefix("startswith("), clause.hasSuffix("')") {
                let parts = clause.dropFirst("startswith(".count).dropLast(2).split(separator: ",", maxSplits: 1)
                guard parts.count == 2, let quote = parts[1].firstIndex(of: "'") else { return nil }
                let name = String(parts[0])
                let wanted = parts[1][parts[1].index(after: quote)...].lowercased()
                tests.append { $0[name]?.string?.lowercased().hasPrefix(wanted) ?? false }
            } else {
                let parts = clause.components(separatedBy: " eq '")
                guard parts.count == 2, parts[1].hasSuffix("'") else { return nil }
                let name = parts[0]
                let wanted = parts[1].dropLast().replacing("''", with: "'").lowercased()
                tests.append { $0[name]?.string?.lowercased() == wanted }
            }
        }
        let all = tests
        return { value in all.contains { $0(value) } }
    }

    func licenseDetails(_ person: Person) -> MockResponse {
        guard mayRead(person, application: ["User.Read.All", "LicenseAssignment.Read.All", "Organization.Read.All"])
        else {
            return deniedDirectory()
        }
        record("licences", person)
        let held = world.licences(of: person)
        let off = world.settings.disabledPlans[person.alias] ?? []
        func licence(_ id: String, _ name: String, _ plans: [String]) -> Value? {
            guard !plans.isEmpty else { return nil }
            return [
                "id": .string(id), "skuId": .string(id), "skuPartNumber": .string(name),
                "servicePlans": .array(plans.map { Self.plan($0, isOn: !off.contains($0)) }),
            ]
        }
        // Mail is a licence of its own, which Graph may well name first.
        let details = [
            licence(Self.mailID, "EXCHANGESTANDARD", held.filter { $0 == "exchange" }.sorted()),
            licence(Self.suiteID, "SPE_E3", held.filter { $0 != "exchange" }.sorted()),
        ].compactMap(\.self)
        return list(
            details, context: "users('\(person.directory?[.directoryID] ?? "")')/licenseDetails", type: "licenseDetails"
        )
    }

    func memberOf(_ person: Person) -> MockResponse {
        guard mayRead(person, application: ["User.Read.All", "RoleManagement.Read.Directory", "GroupMember.Read.All"])
        else {
            return deniedDirectory()
        }
        record("roles", person)
        let roles = DirectoryRole.roles(of: person).map { role -> Value in
            [
                "@odata.type": "#microsoft.graph.directoryRole", "id": .string(role.templateID),
                "displayName": .string(role.name), "description": .null, "roleTemplateId": .string(role.templateID),
            ]
        }
        return list(roles, context: "directoryObjects", type: "directoryObject")
    }

    func organization() -> MockResponse {
        guard
            may(
                application: Self.wholeDirectory.union(["Organization.Read.All"]),
                delegated: Self.wholeDirectory.union(["Organization.Read.All", "User.Read"]))
        else { return deniedDirectory() }
        record("organization", nil)
        let organization: Value = [
            "id": .string(world.model.tenant), "displayName": .string(world.model.organizationName),
            "countryLetterCode": .string(country), "tenantType": "AAD",
            "verifiedDomains": [
                ["name": .string(world.model.domain), "isDefault": true, "isInitial": true, "type": "Managed"]
            ],
        ]
        return list([organization], context: "organization", type: "organization")
    }

    private var country: String {
        switch world.model.region {
        case .americas: "US"
        case .europe: "DE"
        case .asiaPacific: "AU"
        }
    }

    func subscribedSKUs() -> MockResponse {
        let any = Self.wholeDirectory.union([
            "Organization.Read.All", "Organization.ReadWrite.All", "LicenseAssignment.Read.All",
        ])
        guard may(application: any, delegated: any) else { return deniedDirectory() }
        record("skus", nil)
        var skus: [Value] = [sku("SPE_E3", Self.suiteID, plans: ["teams"])]
        switch world.settings.subscription {
        case .none: break
        case .standalone:
            skus.append(
                sku(
                    "TEAMS_EHR_CONNECTOR", "8c2f1c1c-3b49-4b8e-9f0d-6f5c36a1e7b1", plans: ["TEAMS_EHR_CONNECTOR"],
                    status: world.settings.subscriptionStatus))
        case .cloudForHealthcare:
            skus.append(
                sku(
                    "MICROSOFT_CLOUD_FOR_HEALTHCARE", "4a7b3a52-0d9b-4e28-8f1e-2a6b4b8c9d10",
                    plans: ["TEAMS_EHR_CONNECTOR"], status: world.settings.subscriptionStatus))
        }
        return list(skus, context: "subscribedSkus", type: "subscribedSku")
    }

    private static let mailID = "4b9405b0-7788-4568-add1-99614e613b69"
    private static let suiteID = "05e9a617-0261-4cee-bb44-138d3ef5d965"

    /// A subscription and how it stands; all its units stand alike (Graph: subscribedSku, licenseUnitsDetail).
    private func sku(_ name: String, _ id: String, plans: [String], status: String = "enabled") -> Value {
        let word = status == "locked-out" ? "LockedOut" : status.capitalized
        func units(_ name: String) -> Value { status == name ? 25 : 0 }
        let isActive = status == "enabled" || status == "warning"
        return [
            "id": .string("\(world.model.tenant)_\(id)"), "skuId": .string(id), "skuPartNumber": .string(name),
            "capabilityStatus": .string(word), "appliesTo": "User", "consumedUnits": 5,
            "prepaidUnits": [
                "enabled": units("enabled"), "suspended": units("suspended"), "warning": units("warning"),
                "lockedOut": units("locked-out"),
            ],
            "servicePlans": .array(plans.map { Self.plan($0, isOn: isActive) }),
        ]
    }

    /// World models write `teams` for Microsoft's plan TEAMS1 and `teams-premium` for the plan that virtual appointments'
    /// text messages need (wire-protocols 2.3: Teams Premium).
    private static func plan(_ name: String, isOn: Bool = true) -> Value {
        let known: (id: String, name: String) =
            switch name.lowercased() {
            case "teams", "teams1": ("57ff2da0-773e-42df-b2af-ffb7a2317929", "TEAMS1")
            case "teams-premium", "teamspro_virtualappt":
                ("9104f592-f2a7-4f77-904c-ca5a5715883f", "TEAMSPRO_VIRTUALAPPT")
            default: ("00000000-0000-4000-8000-0000000000aa", name)
            }
        return [
            "servicePlanId": .string(known.id), "servicePlanName": .string(known.name),
            "provisioningStatus": isOn ? "Success" : "Disabled", "appliesTo": "User",
        ]
    }

    private func mayRead(_ person: Person, application: Set<String>) -> Bool {
        if caller.isApplication { return caller.has(application.union(Self.wholeDirectory)) }
        if caller.alias == person.alias {
            return caller.has(["User.Read", "User.ReadWrite"]) || caller.has(application)
        }
        return caller.has(application.union(Self.wholeDirectory))
    }

    private func text(_ value: String) -> String? { value.isEmpty ? nil : value }

    private func deniedDirectory() -> MockResponse { refuse(403, "Authorization_RequestDenied", Self.denied) }

    private func record(_ what: String, _ person: Person?) {
        world.record(
            "directory.read", by: .graph, exchange: request.exchange,
            ["what": .string(what), "person": Value(person?.alias)])
    }
}
