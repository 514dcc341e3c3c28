// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Asks a base URL whether it is an EHR this connector can work with.
struct BaseValidation: Sendable {
    let http: Outbound
    let behaviour: Behaviour
    /// Only for deliberate faults.
    var takesAnyRelease = false

    /// The vendor behind the base URL, or a refusal that says what is wrong.
    func vendor(of base: String) async throws -> Vendor {
        if behaviour.has(.baseURLUnvalidated) { return Self.guess(base) }
        if behaviour.has(.baseURLAnywhere), !Outbound.isLoopback(base) { return Self.guess(base) }
        if behaviour.has(.baseURLValidationCosmetic) { return try await cosmetic(base) }
        if behaviour.has(.anyAnswerIsAServer) {
            guard let answer = try? await http.send("GET", base + "/metadata", seconds: 5) else {
                throw Refusal(
                    422, "base-url-unreachable", "Nothing usable answers at this base URL. Check the address.")
            }
            return Self.vendor(answer.json, nil) ?? Self.guess(base)
        }
        let metadata = try await fetch(base + "/metadata", accept: "application/fhir+json")
        guard metadata["resourceType"].string == "CapabilityStatement" else {
            throw Refusal(422, "base-url-no-fhir", "There is no FHIR server at this base URL. Check the address.")
        }
        guard metadata["fhirVersion"].string?.hasPrefix("4.0") == true else {
            throw Refusal(
                422, "base-url-not-r4", "This base URL is not a FHIR R4 endpoint. Enter the one that ends in R4.")
        }
        let isRecent = Self.isRecent(metadata["software"]) || isOfThatYear(metadata["software"])
        let isTaken = isRecent && !isOfSpring(metadata["software"])
        guard isTaken || takesAnyRelease || behaviour.has(.oldReleaseAccepted) else {
            throw Refusal(
                422, "ehr-too-old", "This EHR is older than the November 2018 release, which the connector needs.")
        }
        let configuration = try? await fetch(base + "/.well-known/smart-configuration", accept: "application/json")
        let endpoints =
            configuration.flatMap(SMARTEndpoints.init(configuration:)) ?? SMARTEndpoints(capabilities: metadata)
        guard let endpoints else {
            throw Refusal(422, "base-url-no-smart", "The server at this base URL offers no SMART sign-in.")
        }
        guard let vendor = Self.vendor(metadata, endpoints) else {
            throw Refusal(422, "ehr-unknown", "The EHR at this base URL is neither Cerner nor Epic.")
        }
        return vendor
    }

    /// The deliberate fault: whatever answers 200, or asks for a sign-in, passes.
    private func cosmetic(_ base: String) async throws -> Vendor {
        let answer = try await http.send("GET", base + "/metadata", seconds: 5)
        guard [200, 401].contains(answer.status) else {
            throw Refusal(422, "base-url-invalid", "The server at this base URL answers with \(answer.status).")
        }
        return Self.vendor(answer.json, nil) ?? Self.guess(base)
    }

    /// Five seconds, one megabyte, no redirects.
    private func fetch(_ url: String, accept: String) async throws -> JSON {
        let answer: Answer
        do {
            let limit = behaviour.has(.endlessAnswersRead) ? 1 << 30 : 1 << 20
            answer = try await http.send("GET", url, headers: [("Accept", accept)], limit: limit, seconds: 5)
        } catch {
            throw Refusal(422, "base-url-unreachable", "Nothing usable answers at this base URL. Check the address.")
        }
        let isFollowed =
            behaviour.has(.redirectsFollowed)
            || behaviour.has(.discoveryRedirectFollowed) && url.contains("/.well-known/")
        if (300..<400).contains(answer.status), isFollowed, let next = answer.header("location") {
            return try await fetch(next, accept: accept)
        }
        guard answer.status == 200, let json = JSON(answer.body) else {
            throw Refusal(422, "base-url-invalid", Words(behaviour: behaviour).notValid)
        }
        return json
    }

    private static func vendor(_ metadata: JSON, _ endpoints: SMARTEndpoints?) -> Vendor? {
        let name = (metadata["software"]["name"].string ?? "").lowercased()
        if name.contains("epic") { return .epic }
        if name.contains("cerner") || name.contains("oracle") || name.contains("millennium") { return .cerner }
        guard let authorize = endpoints?.authorize else { return nil }
        if authorize.contains("/protocols/oauth2/profiles/smart-v1/") { return .cerner }
        if authorize.hasSuffix("/oauth2/authorize") { return .epic }
        return nil
    }

    private static func guess(_ base: String) -> Vendor { base.contains("/api/FHIR/") ? .epic : .cerner }

    /// The deliberate fault that counts years.
    private func isOfThatYear(_ software: JSON) -> Bool {
        let words = (software["version"].string ?? "") + " " + (software["releaseDate"].string ?? "")
        return behaviour.has(.releaseComparedByYear) && words.contains("2018")
    }

    /// The deliberate fault that counts months.
    private func isOfSpring(_ software: JSON) -> Bool {
        let month = software["releaseDate"].string?.dropFirst(5).prefix(2) ?? ""
        return behaviour.has(.releaseComparedByMonth) && ["02", "03", "04"].contains(month)
    }

    /// November 2018 or later, as far as the EHR says its release.
    private static func isRecent(_ software: JSON) -> Bool {
        if let released = software["releaseDate"].string, released.count >= 7 { return released.prefix(7) >= "2018-11" }
        let months = [
            "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
            "november",
            "december",
        ]
        let words = (software["version"].string ?? "").lowercased().split { !$0.isLetter && !$0.isNumber }.map(
            String.init)
        guard let index = words.firstIndex(where: { (2000...2100).contains(Int($0) ?? 0) }),
            let year = Int(words[index])
        else { return true }
        if year != 2018 { return year > 2018 }
        let neighbours = words.compactMap { word in months.firstIndex { $0.hasPrefix(word) && word.count >= 3 } }
        let numeric = words.indices.contains(index + 1) ? Int(words[index + 1]) : nil
        let month = neighbours.first.map { $0 + 1 } ?? numeric
        return month.map { $0 >= 11 } ?? false
    }
}
