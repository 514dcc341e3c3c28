// SPDX-License-Identifier: Apache-2.0

import MockKit
import Value

/// What the phone number service offers, as data. Shapes: the published data-plane specification, version 2025-06-01;
/// which countries and codes, and what they cost, is a small sample ([eng]).
enum NumberCatalogue {
    private static let countries: [(code: String, name: String)] = [
        ("CA", "Canada"), ("US", "United States"),
    ]
    private static let localities: [(name: String, division: String, short: String)] = [
        ("Seattle", "Washington", "WA"), ("Kansas City", "Missouri", "MO"), ("New York City", "New York", "NY"),
    ]
    /// How many numbers one search finds at most.
    static let stock = 10

    static func areaCodes(_ type: String) -> [String] {
        type == "tollFree" ? ["833", "844", "855", "866", "877", "888"] : ["206", "212", "425", "816"]
    }

    static func cost(_ type: String) -> Value {
        ["amount": Value(type == "tollFree" ? 2 : 1), "currencyCode": "USD", "billingFrequency": "monthly"]
    }

    private struct Offering {
        let type: String
        let assignment: String
        let calling: Set<String>
        let sms: Set<String>
    }

    private static let offerings: [Offering] = [
        Offering(
            type: "tollFree", assignment: "application",
            calling: ["none", "inbound", "outbound", "inbound+outbound"], sms: ["none", "outbound", "inbound+outbound"]),
        Offering(
            type: "geographic", assignment: "person", calling: ["inbound", "outbound", "inbound+outbound"],
            sms: ["none"]),
        Offering(
            type: "geographic", assignment: "application", calling: ["inbound", "outbound", "inbound+outbound"],
            sms: ["none"]),
    ]

    /// Whether such numbers exist: text messages come with toll-free numbers alone.
    static func offers(_ country: String, _ type: String, _ assignment: String, calling: String, sms: String) -> Bool {
        countries.contains { $0.code == country.uppercased() }
            && offerings.contains {
                $0.type == type && $0.assignment == assignment && $0.calling.contains(calling) && $0.sms.contains(sms)
            }
    }

    /// The answer below `availablePhoneNumbers/countries`; nil where there is none. `base` makes addresses of paths.
    static func answer(_ request: MockRequest, _ rest: [String], base: (String) -> String) -> Value? {
        let query = request.queryFields
        func page(_ name: String, _ items: [Value]) -> Value {
            let skip = max(0, query["skip"].flatMap { Int($0) } ?? 0)
            let size = max(1, query["maxPageSize"].flatMap { Int($0) } ?? 100)
            let next = skip + size < items.count
            let place = base("/availablePhoneNumbers/" + rest.joined(separator: "/"))
            return .object([
                name: .array(Array(items.dropFirst(skip).prefix(size))),
                "nextLink": next ? .string(place + "&skip=\(skip + size)&maxPageSize=\(size)") : .null,
            ])
        }
        if rest.count == 1 {
            return page(
                "countries",
                countries.map { ["localizedName": .string($0.name), "countryCode": .string($0.code)] })
        }
        guard countries.contains(where: { $0.code == rest[1].uppercased() }) else { return nil }
        switch rest[2] {
        case "areaCodes":
            return page("areaCodes", areaCodes(query["phoneNumberType"] ?? "").map { ["areaCode": .string($0)] })
        case "localities":
            let wanted = query["administrativeDivision"]
            return page(
                "phoneNumberLocalities",
                localities.filter { wanted == nil || wanted == $0.short }.map {
                    [
                        "localizedName": .string($0.name),
                        "administrativeDivision": [
                            "localizedName": .string($0.division), "abbreviatedName": .string($0.short),
                        ],
                    ]
                })
        case "offerings":
            let known = offerings.filter { offering in
                [query["phoneNumberType"] ?? offering.type, query["assignmentType"] ?? offering.assignment]
                    == [offering.type, offering.assignment]
            }
            return page(
                "phoneNumberOfferings",
                known.map { offering in
                    [
                        "phoneNumberType": .string(offering.type), "assignmentType": .string(offering.assignment),
                        "availableCapabilities": [
                            "calling": .string(widest(offering.calling)), "sms": .string(widest(offering.sms)),
                        ], "cost": cost(offering.type),
                    ]
                })
        default: return nil
        }
    }

    private static func widest(_ words: Set<String>) -> String {
        ["inbound+outbound", "outbound", "inbound"].first { words.contains($0) } ?? "none"
    }
}
