// SPDX-License-Identifier: Apache-2.0

import MockKit

/// Under which addresses the services stand: all under the mock's own, or under Microsoft's names where a client's
/// resolver or proxy leads those to the mock.
struct MicrosoftHosts {
    let login: String
    let graph: String
    let teams: String
    let visit: String
    /// Of the request itself, for services whose address carries a resource's name.
    let asked: String

    static let logins: Set<String> = [
        "login.microsoftonline.com", "login.microsoft.com", "login.windows.net", "sts.windows.net",
    ]
    private static let named = logins.union(["graph.microsoft.com", "teams.microsoft.com", "visit.teams.microsoft.com"])
    static let sms = ".communication.azure.com"

    /// `own`: the listener's address.
    init(_ request: MockRequest, own: String) {
        let host = Self.name(of: request.origin)
        guard Self.named.contains(host) || host.hasSuffix(Self.sms) else {
            (login, graph, teams, visit, asked) = (own, own, own, own, own)
            return
        }
        let port = Self.port(of: request.origin)
        let scheme = request.origin.prefix { $0 != ":" }
        func address(_ name: String) -> String { "\(scheme)://\(name)\(port)" }
        login = address(Self.logins.contains(host) ? host : "login.microsoftonline.com")
        graph = address("graph.microsoft.com")
        teams = address("teams.microsoft.com")
        visit = address("visit.teams.microsoft.com")
        asked = request.origin
    }

    /// Host and port of an origin.
    static func host(of origin: String) -> String { String(origin.drop { $0 != "/" }.drop { $0 == "/" }) }

    /// The host alone, in lower case.
    static func name(of origin: String) -> String {
        let host = host(of: origin).lowercased()
        return host.hasPrefix("[") ? host : String(host.prefix { $0 != ":" })
    }

    /// `:4431`; empty where the origin names none.
    private static func port(of origin: String) -> String {
        let host = host(of: origin)
        return host.hasPrefix("[") ? "" : String(host.drop { $0 != ":" })
    }
}
