// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The test clock's interface.
struct ClockRoutes: Sendable {
    let clocks: TenantClocks

    func register(_ routes: Routes) {
        routes.get("/-/clock") { request in
            guard let tenant = request.query["tenant"], !tenant.isEmpty else {
                throw Refusal(400, "tenant-missing", "Name the tenant: ?tenant=…")
            }
            return Self.reply(try await clocks.state(tenant))
        }
        routes.post("/-/clock") { request in
            let body = try request.json()
            guard let tenant = body["tenant"].string, !tenant.isEmpty, let to = Text.date(body["to"].string) else {
                throw Refusal(400, "clock-request", "Send {\"tenant\": …, \"to\": instant}.")
            }
            return Self.reply(try await clocks.advance(tenant, to: to))
        }
    }

    private static func reply(_ state: TenantClocks.State) -> Reply {
        .json([
            "now": .string(Text.instant(state.now)), "next": .optional(state.next.map(Text.instant)),
            "pending": .number(Double(state.pending)),
        ])
    }
}
