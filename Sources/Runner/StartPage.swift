// SPDX-License-Identifier: Apache-2.0

internal import MockKit
internal import Synchronization
internal import Trace
internal import Value
internal import World

/// What the start pages show, once it is known.
final class StartPages: Sendable {
    private let state = Mutex(Value.null)

    func set(_ description: Value) { state.withLock { $0 = description } }

    /// Plain HTML: headings and tables, no script, nothing from elsewhere.
    var html: HTMLPage {
        let value = state.withLock { $0 }
        var body: [HTML] = [
            .element(
                "p", [:], ["Everything here is synthetic. The same stands as JSON in the line that assay mock printed."]
            )
        ]
        for world in value["worlds"]?.array ?? [] {
            body.append(
                .element("h2", [:], [HTML("\(world["organization"]?.string ?? "") (\(world["vendor"]?.string ?? ""))")])
            )
            for part in ["ehr", "microsoft", "sms"] {
                body.append(.element("h3", [:], [HTML(part)]))
                body.append(Self.table(Self.rows(world[part] ?? .null)))
            }
            for part in ["people", "appointments"] {
                body.append(.element("h3", [:], [HTML(part)]))
                for item in world[part]?.array ?? [] { body.append(Self.table(Self.rows(item))) }
            }
        }
        return HTMLPage(title: "Assay's mock world", body: body)
    }

    private static func table(_ rows: [(String, String)]) -> HTML {
        .element(
            "table", [:],
            rows.map { name, text in
                let isLink = text.hasPrefix("http://") || text.hasPrefix("https://")
                let cell = isLink ? HTML.element("a", ["href": text], [HTML(text)]) : HTML(text)
                return .element(
                    "tr", [:], [.element("th", ["scope": "row"], [HTML(name)]), .element("td", [:], [cell])])
            })
    }

    private static func rows(_ value: Value, _ prefix: String = "") -> [(String, String)] {
        switch value {
        case .object(let members): members.flatMap { rows($0.value, prefix.isEmpty ? $0.name : "\(prefix) \($0.name)") }
        case .array(let items): items.flatMap { rows($0, prefix) }
        default: value.scalarText.map { [(prefix, $0)] } ?? []
        }
    }
}

/// A mock with a page at `/` that says what is where.
struct StartPageHandler: MockHandler {
    let inner: any MockHandler
    let party: Party
    let pages: StartPages

    func attribute(_ request: MockRequest) async -> (world: WorldID?, party: Party) {
        request.path == "/" ? (nil, party) : await inner.attribute(request)
    }

    func respond(to request: MockRequest) async -> MockResponse {
        guard request.path == "/", ["GET", "HEAD"].contains(request.method) else {
            return await inner.respond(to: request)
        }
        return .html(pages.html, world: nil, party: party)
    }
}
