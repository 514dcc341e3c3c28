// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The Graph subscription that reports who joins and leaves a visit's meeting.
struct CallEventSubscription: Sendable {
    let services: Services
    /// The visit subscribed to last, by tenant; only a deliberate fault asks for it.
    static let latest = Remembered()

    private static let lifetime = 2.0 * 86_400

    /// Subscribes to a meeting that is not subscribed yet. The handshake calls back before this returns.
    func create(_ visit: VisitRow) async throws -> VisitRow {
        guard visit.subscription == nil, let join = visit.joinURL else { return visit }
        if services.behaviour.has(.statusNeedsNumber), let base = try await services.store.base(id: visit.base),
            base.vendor == .cerner, base.number == nil
        {
            return visit
        }
        let now = await services.clocks.now(visit.tenant)
        let state = Secret.token(bytes: 32)
        let resource =
            services.behaviour.has(.olderCallEvents)
            ? "/communications/onlineMeetings/?$filter=JoinWebUrl eq '\(join)'"
            : "communications/onlineMeetings(joinWebUrl='\(Text.percentEncoded(join))')/meetingCallEvents"
        let hook = services.paths.url("/hooks/graph")
        let body: JSON = [
            "changeType": "updated", "notificationUrl": .string(hook), "lifecycleNotificationUrl": .string(hook),
            "resource": .string(resource), "includeResourceData": true, "clientState": .string(state),
            "encryptionCertificate": .string(services.keys.certificate),
            "encryptionCertificateId": .string(services.keys.certificateID),
            "expirationDateTime": .string(Text.instant(now.addingTimeInterval(Self.lifetime))),
        ]
        // Events may come before the answer does, so the client state is known first.
        try await services.store.update(visit: visit.id) { $0.clientState = state }
        let answer = try await services.graph.call(visit.tenant, "POST", "/beta/subscriptions", body)
        guard answer.isSuccess, let id = answer.json["id"].string else {
            throw Refusal(502, "subscription-refused", "Microsoft refused the subscription to the meeting's events.")
        }
        Self.latest[visit.tenant] = visit.id
        try await schedule(visit, now)
        return try await services.store.update(visit: visit.id) { $0.subscription = id }
    }

    /// Renews, or subscribes anew where there is no subscription any more.
    func renew(_ job: JobRow) async throws -> JobOutcome {
        if services.behaviour.has(.subscriptionNotRenewed) { return .done }
        guard let visit = try await services.store.visit(id: job.key), visit.meeting != nil, !visit.isCancelled else {
            return .done
        }
        let now = await services.clocks.now(visit.tenant)
        guard now < visit.end.addingTimeInterval(3600) else { return .done }
        guard let id = visit.subscription else {
            _ = try await create(visit)
            return .done
        }
        let expires = Text.instant(now.addingTimeInterval(Self.lifetime))
        let answer = try await services.graph.call(
            visit.tenant, "PATCH", "/beta/subscriptions/\(Text.percentEncoded(id))",
            ["expirationDateTime": .string(expires)])
        if answer.status == 404 {
            _ = try await create(services.store.update(visit: visit.id) { $0.subscription = nil })
            return .done
        }
        try await schedule(visit, now)
        return .done
    }

    /// A visit that was moved away may lie behind the end of a subscription that was long enough for it before.
    func keepUp(_ visit: VisitRow) async throws {
        guard visit.subscription != nil else { return }
        try await schedule(visit, await services.clocks.now(visit.tenant), once: true)
    }

    /// Half way through, as long as the visit lies ahead of that.
    private func schedule(_ visit: VisitRow, _ now: Date, once: Bool = false) async throws {
        if services.behaviour.has(.subscriptionNotRenewed) { return }
        let half = now.addingTimeInterval(Self.lifetime / 2)
        guard half < visit.end.addingTimeInterval(3600) else { return }
        if once { return try await services.store.scheduleOnce(.renew, key: visit.id, tenant: visit.tenant, due: half) }
        try await services.store.schedule(.renew, key: visit.id, tenant: visit.tenant, due: half)
    }
}
