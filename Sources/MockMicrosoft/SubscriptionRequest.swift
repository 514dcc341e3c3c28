// SPDX-License-Identifier: Apache-2.0

import MockKit
import Value
import World

/// A request for a change subscription, read and judged as Graph does (wire-protocols 2.5 and 2.6).
struct SubscriptionRequest {
    let resource: String
    let changeType: String
    let notificationURL: String
    let lifecycleURL: String?
    let clientState: String?
    let expires: Instant
    let generation: NotificationGeneration
    let meeting: Meeting
    let recipient: ContentRecipient?

    struct Refusal: Error {
        let status: Int
        let code: String
        let message: String
    }

    static let maximum = Duration.seconds(3 * 86_400)
    static let minimum = Duration.seconds(45 * 60)

    init(_ body: Value?, world: MicrosoftWorld) throws(Refusal) {
        func invalid(_ message: String, _ status: Int = 400, _ code: String = "InvalidRequest") -> Refusal {
            Refusal(status: status, code: code, message: message)
        }
        guard let body, body.members != nil else { throw invalid("Unable to read JSON request payload.") }
        guard let resource = body["resource"]?.string, !resource.isEmpty else { throw invalid("Resource is missing.") }
        guard let url = body["notificationUrl"]?.string, Self.isHook(url) else {
            throw invalid("NotificationUrl must be an absolute https address.")
        }
        guard let expiry = (body["expirationDateTime"]?.string).flatMap({ Instant(rfc3339: $0) }) else {
            throw invalid("ExpirationDateTime is missing or no UTC time.")
        }
        guard let changeType = body["changeType"]?.string, changeType == "updated" else {
            throw invalid("ChangeType must be 'updated' for this resource.")
        }
        if let state = body["clientState"]?.string, state.count > 128 {
            throw invalid("ClientState is longer than 128 characters.")
        }
        guard let (generation, address) = Self.address(in: resource) else {
            throw invalid("Resource '\(resource)' is not supported.")
        }
        if let only = world.settings.generation, only != generation {
            throw invalid("Resource '\(resource)' is not supported.")
        }
        guard let meeting = world.meetingsByAge.first(where: { Self.same($0.joinURL, address, generation) }) else {
            throw invalid("The meeting of the resource was not found.", 404, "ResourceNotFound")
        }
        let lifecycle = body["lifecycleNotificationUrl"]?.string
        if let version = body["latestSupportedTlsVersion"], !version.isNull,
            !["v1_0", "v1_1", "v1_2", "v1_3"].contains(version.string ?? "")
        {
            throw invalid("LatestSupportedTlsVersion must be v1_0, v1_1, v1_2 or v1_3.")
        }
        let now = world.now
        guard expiry > now else { throw invalid("Subscription expiration can only be in the future.") }
        guard expiry - now <= Self.maximum else {
            throw invalid("Subscription expiration can only be 4320 minutes in the future.")
        }
        guard expiry - now <= .seconds(3600) || lifecycle != nil else {
            throw invalid("LifecycleNotificationUrl is required for an expiration more than an hour ahead.")
        }
        if let lifecycle, !Self.isHook(lifecycle) {
            throw invalid("LifecycleNotificationUrl must be an absolute https address.")
        }
        if body["includeResourceData"]?.bool == true {
            guard let certificate = body["encryptionCertificate"]?.string,
                let id = body["encryptionCertificateId"]?.string, id.count <= 128
            else { throw invalid("EncryptionCertificate and EncryptionCertificateId are required with resource data.") }
            guard let recipient = EncryptedContent.recipient(certificate: certificate, id: id) else {
                throw invalid(
                    "EncryptionCertificate is not a base64 X.509 certificate with an RSA key of 2048 to 4096 bits.")
            }
            self.recipient = recipient
        } else {
            recipient = nil
        }
        self.resource = resource
        self.changeType = changeType
        notificationURL = url
        lifecycleURL = lifecycle
        clientState = body["clientState"]?.string
        expires = max(expiry, now + Self.minimum)
        self.generation = generation
        self.meeting = meeting
    }

    /// `https` anywhere; `http` on this machine alone, where a run without certificates lives.
    static func isHook(_ url: String) -> Bool {
        url.hasPrefix("https://") || url.hasPrefix("http://127.0.0.1") || url.hasPrefix("http://localhost")
            || url.hasPrefix("http://[::1]")
    }

    /// Generation and join address, once decoded, of a subscription resource.
    private static func address(in resource: String) -> (NotificationGeneration, String)? {
        let path = resource.hasPrefix("/") ? String(resource.dropFirst()) : resource
        let lowered = path.lowercased()
        let b = "communications/onlinemeetings(joinweburl='"
        if lowered.hasPrefix(b), lowered.hasSuffix("')/meetingcallevents") {
            return (.b, PercentCoding.decode(path.dropFirst(b.count).dropLast("')/meetingCallEvents".count)))
        }
        for a in ["communications/onlinemeetings/?$filter=", "communications/onlinemeetings?$filter="]
        where lowered.hasPrefix(a) {
            let filter = String(path.dropFirst(a.count))
            let spaced = filter.replacing("%20", with: " ").replacing("+eq+", with: " eq ")
            guard spaced.lowercased().hasPrefix("joinweburl eq '"), spaced.hasSuffix("'") else { return nil }
            return (.a, String(spaced.dropFirst("JoinWebUrl eq '".count).dropLast()))
        }
        return nil
    }

    /// Generation B wants the address fully percent-encoded, so one decoding must give it back. The page of generation
    /// A shows it both plain and encoded.
    private static func same(_ joinURL: String, _ address: String, _ generation: NotificationGeneration) -> Bool {
        let wanted = joinURL.lowercased()
        if address.lowercased() == wanted { return true }
        return generation == .a
            && PercentCoding.decode(PercentCoding.decode(address)).lowercased()
                == PercentCoding.decode(joinURL).lowercased()
    }
}

extension ChangeSubscription {
    /// The Graph resource.
    func value(context: String?) -> Value {
        var members: Members = [:]
        if let context { members["@odata.context"] = .string(context) }
        let own: Members = [
            "id": .string(id), "resource": .string(resource), "applicationId": .string(applicationID),
            "changeType": .string(changeType), "clientState": .null, "notificationUrl": .string(notificationURL),
            "lifecycleNotificationUrl": Value(lifecycleURL), "expirationDateTime": .string(expires.description),
            "creatorId": .string(creatorID), "includeResourceData": .bool(recipient != nil),
            "encryptionCertificateId": Value(recipient?.certificateID), "latestSupportedTlsVersion": "v1_2",
            "notificationUrlAppId": .null,
        ]
        for (name, value) in own { members[name] = value }
        return .object(members)
    }
}
