// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The usage and the quality report, as page and as JSON.
struct ReportRoutes: Sendable {
    let services: Services

    func register(_ routes: Routes) {
        routes.get("/reports/usage") { request in
            try await entitled(request, "/reports/usage") { tenant in
                let rows = try await UsageReport(services: services).rows(tenant: tenant).map(Self.usage)
                return table("usage", "Virtual visits", rows, Self.usageColumns, request)
            }
        }
        guard !services.behaviour.has(.qualityReportMissing) else { return }
        routes.get("/reports/quality") { request in
            try await entitled(request, "/reports/quality") { tenant in
                let isForAll = services.behaviour.has(.qualityOfAllTenants)
                let rows = try await UsageReport(services: services).rows(tenant: tenant, isForAll: isForAll)
                    .map(Self.quality)
                let asked = request.query["columns"]?.split(separator: ",").map(String.init)
                let columns =
                    asked.map { asked in Self.qualityColumns.filter { asked.contains($0) } } ?? Self.qualityColumns
                return table("quality", "Call quality", rows, columns, request)
            }
        }
    }

    private static let usageColumns = [
        "appointment", "meeting", "start", "lobby-wait-seconds", "duration-seconds", "attendees", "department",
    ]
    private static let qualityColumns = [
        "appointment", "meeting", "start", "joins", "reconnects", "lobby-wait-seconds",
    ]

    private static func usage(_ row: UsageRow) -> [String: JSON] {
        [
            "appointment": .optional(row.appointment), "meeting": .string(row.meeting),
            "start": .string(Text.instant(row.start)), "lobby-wait-seconds": .number(row.lobbyWait.rounded()),
            "duration-seconds": .number(row.duration.rounded()), "attendees": .number(Double(row.attendees)),
            "department": .optional(row.department),
        ]
    }

    private static func quality(_ row: UsageRow) -> [String: JSON] {
        [
            "appointment": .optional(row.appointment), "meeting": .string(row.meeting),
            "start": .string(Text.instant(row.start)), "joins": .number(Double(row.joins)),
            "reconnects": .number(Double(row.reconnects)), "lobby-wait-seconds": .number(row.lobbyWait.rounded()),
        ]
    }

    private func entitled(
        _ request: Inbound, _ path: String, _ body: @Sendable (String) async throws -> Reply
    ) async throws -> Reply {
        guard let identity = await services.sessions.session(request.cookies[Cookies.session])?.identity else {
            return services.signIn(returnTo: request.rawQuery.isEmpty ? path : path + "?" + request.rawQuery)
        }
        let isOpen = services.behaviour.has(.qualityForStaff) && path.hasSuffix("quality")
        guard identity.mayReadReports || isOpen || services.behaviour.has(.reportOpenToAll) else {
            throw Refusal(
                403, "role-missing", "Reports are for global administrators and reports readers. Ask for such a role.")
        }
        return try await body(identity.tenant)
    }

    private func table(
        _ id: String, _ title: String, _ rows: [[String: JSON]], _ columns: [String], _ request: Inbound
    ) -> Reply {
        if request.wantsJSON {
            let kept = rows.map { row in JSON.object(row.filter { columns.contains($0.key) }) }
            return .json(["rows": .array(kept)])
        }
        let cells = rows.map { row in
            (attributes: "", cells: columns.map { Text.html(Self.cell(row[$0] ?? .null)) })
        }
        let markup = PageTable.markup(id: id, caption: title, columns: columns, rows: cells)
        return Page(title: title, body: markup).reply()
    }

    private static func cell(_ value: JSON) -> String {
        switch value {
        case .string(let text): text
        case .number(let number): "\(Int(number))"
        default: ""
        }
    }
}
