// SPDX-License-Identifier: Apache-2.0

import Foundation
import MockKit
import Trace
import Value
package import World

/// Turns call events into change notifications (wire-protocols 2.5).
extension MockMicrosoft {
    private static let microsoftApp = "0bf30f3b-4a52-48df-9a82-234910c4a086"
    /// Clock times between attempts; Graph tries for up to four hours.
    static let retries: [Duration] = [10, 60, 300, 900, 1800, 3600, 3600, 3600].map { .seconds($0) }

    /// Sends the last genuine notification of the world once more, at once. False where there was none.
    @discardableResult
    package func repeatNotification(in id: WorldID) throws(MockMicrosoftError) -> Bool {
        guard let last = try world(id).lastNotification else { return false }
        delivery.send(last)
        return true
    }

    /// Sends forged notifications at once: for the latest subscription they claim that everybody left, or, where
    /// nobody is there, that the call began. The first is wrong in everything that proves a notification, each further
    /// one in less of it, down to a single proof. False without a subscription.
    @discardableResult
    package func forgeNotification(in id: WorldID) throws(MockMicrosoftError) -> Bool {
        let world = try world(id)
        let meetings = world.meetingsByAge.filter { meeting in
            world.subscriptions.values.contains { $0.meeting == meeting.id }
        }
        guard let meeting = meetings.last(where: \.isActive) ?? meetings.last,
            let subscription = world.subscriptions.values.first(where: { $0.meeting == meeting.id })
        else { return false }
        let gone = meeting.present.filter { !$0.inLobby }
            .map { CallEvent.Change(attendance: $0, state: .left(reason: "Removed")) }
        let lie =
            gone.isEmpty
            ? CallEvent(.callStarted, at: world.now) : CallEvent(.rosterUpdated, at: world.now, gone)
        let forgeries = NotificationProof.forgeries(of: subscription).compactMap {
            message(lie, subscription, world, wrong: $0)
        }
        for forgery in forgeries { delivery.send(forgery) }
        return !forgeries.isEmpty
    }

    /// Tells every subscriber of the meeting.
    func notify(_ event: CallEvent, of meeting: Meeting, in world: MicrosoftWorld) {
        guard !world.isClosed else { return }
        let subscribers = world.subscriptions.values.filter { $0.meeting == meeting.id }.sorted { $0.id < $1.id }
        for subscription in subscribers {
            if subscription.isPaused {
                withhold(subscription, "reauthorization", in: world)
                continue
            }
            if world.settings.notifications.drop > 0 {
                world.settings.notifications.drop -= 1
                withhold(subscription, "dropped", in: world)
                continue
            }
            if world.settings.notifications.forge > 0,
                let forged = message(Self.forgery(of: event), subscription, world, wrong: NotificationProof.all)
            {
                world.settings.notifications.forge -= 1
                delivery.send(forged)
            }
            guard let genuine = message(event, subscription, world, wrong: []) else { continue }
            world.lastNotification = genuine
            let copies = world.settings.notifications.duplicate ? 2 : 1
            for _ in 0..<copies {
                if world.settings.notifications.delay > .zero {
                    delivery.send(genuine, at: world.now + world.settings.notifications.delay)
                } else if world.settings.notifications.together {
                    delivery.sendTogether(genuine)
                } else if world.settings.notifications.reorder {
                    delivery.sendSwapped(genuine)
                } else {
                    delivery.send(genuine)
                }
            }
        }
    }

    private func withhold(_ subscription: ChangeSubscription, _ reason: String, in world: MicrosoftWorld) {
        world.record(
            "notification.withheld", by: .graph,
            [
                "subscription": .string(subscription.id), "meeting": .string(subscription.meeting),
                "reason": .string(reason),
            ])
    }

    /// The lie a stranger would tell: that everybody of the event has come and gone otherwise than they did.
    private static func forgery(of event: CallEvent) -> CallEvent {
        switch event.kind {
        case .callStarted: CallEvent(.callEnded, at: event.at + .seconds(1))
        case .callEnded: CallEvent(.callStarted, at: event.at + .seconds(1))
        case .rosterUpdated:
            CallEvent(
                .rosterUpdated, at: event.at + .seconds(1),
                event.changes.map { change in
                    .init(
                        attendance: change.attendance,
                        state: change.state == .joined ? .left(reason: "Removed") : .joined)
                })
        }
    }

    private func message(
        _ event: CallEvent, _ subscription: ChangeSubscription, _ world: MicrosoftWorld, wrong: Set<NotificationProof>
    ) -> OutgoingMessage? {
        let isForged = !wrong.isEmpty
        let id = world.random.uuid()
        guard let data = event.resourceData(subscription.generation, id: id, resource: subscription.resource) else {
            return nil
        }
        let shown: Set<String> =
            subscription.recipient == nil && subscription.generation == .a
            ? Set(data.names) : ["@odata.type", "@odata.id", "id"]
        var notification: Members = [
            "subscriptionId": .string(subscription.id),
            "clientState": wrong.contains(.clientState) ? .string("forged-" + id) : Value(subscription.clientState),
            "changeType": .string(subscription.changeType), "tenantId": .string(world.model.tenant),
            "resource": .string(subscription.resource),
            "subscriptionExpirationDateTime": .string(subscription.expires.description),
            "resourceData": .object(Members(data.filter { shown.contains($0.name) }.map { ($0.name, $0.value) })),
            "organizationId": .string(world.model.tenant),
        ]
        var envelope: Members = [:]
        if let recipient = subscription.recipient {
            let isSpoiled = wrong.contains(.signature)
            guard let content = try? EncryptedContent.seal(.object(data), for: recipient, spoiled: isSpoiled) else {
                return nil
            }
            notification["encryptedContent"] = content
            envelope["value"] = [.object(notification)]
            let token = validationToken(subscription, world, wrong: wrong)
            envelope["validationTokens"] = [.string(token)]
        } else {
            envelope["value"] = [.object(notification)]
        }
        var fields: Members = [
            "subscription": .string(subscription.id), "meeting": .string(subscription.meeting),
            "event": .string(event.kind.rawValue), "forged": .bool(isForged),
        ]
        if let alias = event.changes.first?.attendance.alias { fields["by"] = .string(alias) }
        return OutgoingMessage(
            world: world.id, clock: world.clock, party: .graph, url: subscription.notificationURL,
            headers: [(name: "Content-Type", value: "application/json; charset=utf-8")],
            body: Data(Value.object(envelope).jsonBytes()), event: ("notification.sent", fields),
            retries: isForged ? [] : Self.retries, accepts: .seconds(3),
            ifLost: isForged ? [] : [lifecycle(.missed, of: subscription, in: world)].compactMap { $0 })
    }

    /// Seconds for which Microsoft uses a token again, as every client of Entra's does.
    private static let tokenUse = 300

    /// Proof that Microsoft sent it. A forged one has a signature that does not fit, or is good for something else.
    private func validationToken(
        _ subscription: ChangeSubscription, _ world: MicrosoftWorld, wrong: Set<NotificationProof>
    ) -> String {
        let yesterday = wrong.contains(.time) ? 86_400 : 0
        let now = Int(Instant.wall.microseconds / 1_000_000) - yesterday
        if wrong.isEmpty, let known = world.validationTokens[subscription.applicationID],
            now - known.issued < Self.tokenUse
        {
            return known.token
        }
        let claims: Members = [
            "aud": .string(wrong.contains(.audience) ? world.random.uuid() : subscription.applicationID),
            "iss": .string("https://sts.windows.net/\(world.model.tenant)/"),
            "iat": Value(now), "nbf": Value(now), "exp": Value(now + 3600),
            "appid": .string(wrong.contains(.sender) ? world.random.uuid() : Self.microsoftApp),
            "appidacr": "2", "oid": .string(world.random.uuid()), "tid": .string(world.model.tenant),
            "uti": .string(world.random.token(22)), "ver": "1.0",
        ]
        let token = keys?.token(claims) ?? ""
        if wrong.isEmpty { world.validationTokens[subscription.applicationID] = (token, now) }
        guard wrong.contains(.token), let dot = token.lastIndex(of: ".") else { return token }
        return token[...dot] + String(token[token.index(after: dot)...].reversed())
    }
}
