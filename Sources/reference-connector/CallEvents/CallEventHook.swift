// SPDX-License-Identifier: Apache-2.0

import Crypto
import CryptoExtras
import Foundation
import GRDB

/// Receives Graph's notifications: authenticated, decrypted, stored; what follows from them runs later.
struct CallEventHook: Sendable {
    let services: Services

    private static let graphApplication = "0bf30f3b-4a52-48df-9a82-234910c4a086"

    func register(_ routes: Routes) {
        routes.post("/hooks/graph") { request in
            if let token = request.query["validationToken"] { return .text(token) }
            if services.behaviour.has(.hookBreaksOnNonsense), JSON(request.body) == nil {
                throw Passing(code: "nonsense")
            }
            let body = try request.json()
            if services.behaviour.has(.oddValueBreaks), body["value"].items.isEmpty { throw Passing(code: "odd-value") }
            return try await receive(body)
        }
    }

    private func receive(_ body: JSON) async throws -> Reply {
        let all = body["value"].items
        let items = services.behaviour.has(.firstOfABody) ? Array(all.prefix(1)) : all
        guard !items.isEmpty, items.count <= 1000 else {
            throw Refusal(400, "hook-body", "There are no notifications.")
        }
        var accepted = 0
        for item in items where try await take(item, tokens: body["validationTokens"].items.compactMap(\.string)) {
            accepted += 1
        }
        guard accepted > 0 else { throw Refusal(401, "notification-refused", "The notification is not authentic.") }
        return Reply(202)
    }

    /// False where a notification is not for us or not from Graph; nothing changes then.
    private func take(_ item: JSON, tokens: [String]) async throws -> Bool {
        if services.behaviour.has(.notificationsUnchecked) { return try await believe(item) }
        guard let visit = try await visit(of: item) else { return false }
        if let event = item["lifecycleEvent"].string {
            if event == "subscriptionRemoved" {
                try await services.store.update(visit: visit.id) { $0.subscription = nil }
            }
            try await services.enqueue(.renew, key: visit.id, tenant: visit.tenant)
            return true
        }
        let isUnread = services.behaviour.has(.validationTokensUnread)
        let isProved = isUnread ? true : try await areFromGraph(tokens, visit)
        let isSigned = !services.behaviour.has(.contentSignatureUnread)
        guard isProved, let content = try? decrypted(item["encryptedContent"], isSigned: isSigned) else {
            return false
        }
        try await Attendance(services: services).take(CallEvent(content), visit: visit)
        return true
    }

    /// The deliberate fault: what anybody says of a subscription we have is taken.
    private func believe(_ item: JSON) async throws -> Bool {
        guard let visit = try await visit(subscription: item["subscriptionId"].string),
            let content = try? decrypted(item["encryptedContent"], isSigned: false)
        else {
            return false
        }
        try await Attendance(services: services).take(CallEvent(content), visit: visit)
        return true
    }

    private func visit(of item: JSON) async throws -> VisitRow? {
        let isStrangers = services.behaviour.has(.lifecycleUnchecked) && item["lifecycleEvent"].string != nil
        if isStrangers || services.behaviour.has(.clientStateUnread) {
            return try await visit(subscription: item["subscriptionId"].string)
        }
        guard let state = item["clientState"].string else { return nil }
        let visit = try await visit(clientState: state)
        guard services.behaviour.has(.eventsOfLatestVisit), let tenant = visit?.tenant,
            let latest = CallEventSubscription.latest[tenant]
        else { return visit }
        return try await services.store.visit(id: latest)
    }

    /// Only for the deliberate faults: everybody on the way knows a subscription's id.
    private func visit(subscription id: String?) async throws -> VisitRow? {
        try await services.store.read { try VisitRow.filter(Column("subscription") == id).fetchOne($0) }
    }

    /// The client state is 256 random bits and belongs to one visit.
    private func visit(clientState: String) async throws -> VisitRow? {
        try await services.store.read { try Store.rows("clientState = ?", [clientState]).fetchOne($0) }
    }

    private func areFromGraph(_ tokens: [String], _ visit: VisitRow) async throws -> Bool {
        guard !tokens.isEmpty, tokens.count <= 10 else { return false }
        let entra = services.configuration.entra
        let isForAnybody = services.behaviour.has(.validationAudienceUnread)
        let isTimeless = services.behaviour.has(.validationTimeUnread)
        for token in tokens {
            do {
                let claims = try await services.verifier.verify(
                    token, jwks: services.entra.commonKeys,
                    audience: isForAnybody ? nil : services.configuration.entraClient.id,
                    isTimeless: isTimeless
                ) { claims in
                    guard let issuer = claims["iss"].string, let tenant = claims["tid"].string else { return false }
                    return ["https://sts.windows.net/\(tenant)/", "\(entra)/\(tenant)/", "\(entra)/\(tenant)/v2.0"]
                        .contains(issuer)
                }
                let application = claims["appid"].string ?? claims["azp"].string
                let isAnybodys = services.behaviour.has(.validationSenderUnread)
                guard application == Self.graphApplication || isAnybodys else { return false }
            } catch is Refusal {
                return false
            }
        }
        return true
    }

    /// RSA-OAEP unwraps the key; the HMAC is checked before anything is decrypted; AES-256-CBC with the key's
    /// first bytes as initialization vector.
    private func decrypted(_ content: JSON, isSigned: Bool = true) throws -> JSON {
        guard let wrapped = Data(base64Encoded: content["dataKey"].string ?? ""),
            let data = Data(base64Encoded: content["data"].string ?? ""),
            let signature = Data(base64Encoded: content["dataSignature"].string ?? "")
        else { throw Refusal(400, "encrypted-content", "The encrypted content is incomplete.") }
        let bytes = try services.keys.unwrap(wrapped)
        let key = SymmetricKey(data: bytes)
        guard !isSigned || HMAC<SHA256>.isValidAuthenticationCode(signature, authenticating: data, using: key) else {
            throw Refusal(400, "encrypted-content", "The encrypted content's signature is wrong.")
        }
        let plain = try AES._CBC.decrypt(data, using: key, iv: AES._CBC.IV(ivBytes: bytes.prefix(16)))
        guard let json = JSON(plain) else { throw Refusal(400, "encrypted-content", "The content is no JSON.") }
        return json
    }
}
