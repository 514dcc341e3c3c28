// SPDX-License-Identifier: Apache-2.0

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
        let directory = person.directory ?? PersonRecord()
        return answer([
            "@odata.context": context("users/$entity"), "businessPhones": [],
            "displayName": .string(directory[.displayName]), "givenName": .string(directory[.givenName]),
            "surname": .string(directory[.familyName]), "jobTitle": .null, "mail": Value(text(directory[.email])),
            "mobilePhone": .null, "officeLocation": .null, "preferredLanguage": .string(person.locale),
            "userPrincipalName": .string(directory[.principalName]), "id": .string(directory[.directoryID]),
        ])
    }

    func licenseDetails(_ person: Person) -> MockResponse {
        guard mayRead(person, application: ["User.Read.All", "LicenseAssignment.Read.All", "Organization.Read.All"])
        else {
            return deniedDirectory()
        }
        record("licences", person)
        let held = world.licences(of: person)
        guard !held.isEmpty else { return answer(["@odata.context": context("users/licenseDetails"), "value": []]) }
        let plans = held.sorted().map { Self.plan($0) }
        return answer([
            "@odata.context": context("users('\(person.directory?[.directoryID] ?? "")')/licenseDetails"),
            "value": [
                [
                    "id": .string(Self.suiteID), "skuId": .string(Self.suiteID), "skuPartNumber": "SPE_E3",
                    "servicePlans": .array(plans),
                ]
            ],
        ])
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
        return answer(["@odata.context": context("directoryObjects"), "value": .array(roles)])
    }

    func organization() -> MockResponse {
        guard
            may(
                application: Self.wholeDirectory.union(["Organization.Read.All"]),
                delegated: Self.wholeDirectory.union(["Organization.Read.All", "User.Read"]))
        else { return deniedDirectory() }
        record("organization", nil)
        let country =
            switch world.model.region {
            case .americas: "US"
            case .europe: "DE"
            case .asiaPacific: "AU"
            }
        return answer([
            "@odata.context": context("organization"),
            "value": [
                [
                    "id": .string(world.model.tenant), "displayName": .string(world.model.organizationName),
                    "countryLetterCode": .string(country), "tenantType": "AAD",
                    "verifiedDomains": [
                        ["name": .string(world.model.domain), "isDefault": true, "isInitial": true, "type": "Managed"]
                    ],
                ]
            ],
        ])
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
                sku("TEAMS_EHR_CONNECTOR", "8c2f1c1c-3b49-4b8e-9f0d-6f5c36a1e7b1", plans: ["TEAMS_EHR_CONNECTOR"]))
        case .cloudForHealthcare:
            skus.append(
                sku(
                    "MICROSOFT_CLOUD_FOR_HEALTHCARE", "4a7b3a52-0d9b-4e28-8f1e-2a6b4b8c9d10",
                    plans: ["TEAMS_EHR_CONNECTOR"]))
        }
        return answer(["@odata.context": context("subscribedSkus"), "value": .array(skus)])
    }

    private static let suiteID = "05e9a617-0261-4cee-bb44-138d3ef5d965"

    private func sku(_ name: String, _ id: String, plans: [String]) -> Value {
        [
            "id": .string("\(world.model.tenant)_\(id)"), "skuId": .string(id), "skuPartNumber": .string(name),
            "capabilityStatus": "Enabled", "appliesTo": "User", "consumedUnits": 5,
            "prepaidUnits": ["enabled": 25, "suspended": 0, "warning": 0, "lockedOut": 0],
            "servicePlans": .array(plans.map { Self.plan($0) }),
        ]
    }

    /// World models write `teams` for Microsoft's plan TEAMS1.
    private static func plan(_ name: String) -> Value {
        let isTeams = name.lowercased() == "teams" || name == "TEAMS1"
        return [
            "servicePlanId": .string(
                isTeams ? "57ff2da0-773e-42df-b2af-ffb7a2317929" : "00000000-0000-4000-8000-0000000000aa"),
            "servicePlanName": .string(isTeams ? "TEAMS1" : name), "provisioningStatus": "Success", "appliesTo": "User",
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
