// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Trace
import Value
import World

@testable import MockKit
@testable import MockMicrosoft

struct ListenerTests {
    @Test func `worlds on one listener stay apart, and notifications travel over HTTP`() async throws {
        let clinic = try await Clinic()
        let other = Clinic.model(tenant: "11111111-2222-4333-8444-555555555555", id: WorldID(rawValue: "w2"))
        await clinic.mock.open(
            world: other, clock: WorldClock(startingAt: Clinic.start), entra: Clinic.entra, sms: Clinic.sms)
        let listener = try await MockListener.start(handler: clinic.mock, journal: clinic.journal)
        await clinic.mock.listens(at: listener.origin)
        let sender = TransportNotificationSender()
        for world in [clinic.model, other] {
            let answer = try await sender.post(
                "\(listener.origin)/\(world.tenant)/oauth2/v2.0/token",
                headers: [("Content-Type", "application/x-www-form-urlencoded")],
                body: Data(
                    "grant_type=client_credentials&client_id=client-1&client_secret=s3cret&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default"
                        .utf8),
                timeout: .seconds(600))
            #expect(answer.status == 200)
        }
        await listener.stop()
        #expect(clinic.events("http.request").map { $0.world?.rawValue } == ["w1", "w2"])
        #expect(clinic.events("entra.token.issued").map { $0.world?.rawValue } == ["w1", "w2"])
    }
}
