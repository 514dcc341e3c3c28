// SPDX-License-Identifier: Apache-2.0

import MockKit

/// An API that Entra issues tokens for (wire-protocols 4.2).
enum TokenResource: Hashable {
    case graph
    /// Azure Communication Services: SMS and phone numbers.
    case communication
    /// An application's own API, by client id.
    case application(String)

    /// Microsoft Graph's application id, as audience and as resource.
    static let graphID = "00000003-0000-0000-c000-000000000000"

    /// Reads a resource as a scope names it: `https://graph.microsoft.com`, `api://{client id}`, a client id. `origin`,
    /// the mock's own address, stands for Graph: clients that are told a base URL derive the resource from it.
    init?(_ name: String, client: String, origin: String) {
        let plain = (name.hasSuffix("/") ? String(name.dropLast()) : name).lowercased()
        switch plain {
        case "https://graph.microsoft.com", Self.graphID, origin.lowercased(): self = .graph
        case "https://communication.azure.com", "https://auth.msft.communication.azure.com": self = .communication
        case client.lowercased(), "api://" + client.lowercased(): self = .application(client.lowercased())
        default: return nil
        }
    }
}

/// What a request asks for: one resource, names of its scopes, and the words of OpenID Connect beside them.
struct RequestedScopes {
    var resource: TokenResource
    /// The resource as it was written; nil where only plain names were.
    var resourceText: String?
    /// Every word without its resource, `openid` and its like included, in the order of the request.
    var names: [String]

    static let openID: Set<String> = ["openid", "profile", "email", "offline_access"]

    /// Throws as Entra refuses: an unknown resource, or more than one.
    init(_ text: String, client: String, origin: String) throws(Refusal) {
        var found: TokenResource?
        resourceText = nil
        names = []
        for word in text.split(separator: " ").map(String.init) {
            if Self.openID.contains(word.lowercased()) {
                names.append(word)
                continue
            }
            guard let slash = word.lastIndex(of: "/") else {
                guard found == nil || found == .graph else { throw Refusal(error: .manyResources) }
                found = .graph
                names.append(word)
                continue
            }
            let prefix = String(word[..<slash])
            guard let resource = TokenResource(prefix, client: client, origin: origin) else {
                throw Refusal(error: .unknownResource(prefix))
            }
            guard found == nil || found == resource else { throw Refusal(error: .manyResources) }
            found = resource
            resourceText = prefix
            names.append(String(word[word.index(after: slash)...]))
        }
        resource = found ?? .graph
    }

    struct Refusal: Error { let error: EntraError }

    /// Those the application has consent for; sign-in scopes and `User.Read` belong to every registration.
    func granted(in world: MicrosoftWorld) -> [String] {
        let consented: Set<String> =
            switch resource {
            case .graph: Set(world.entra.delegatedPermissions.map { $0.lowercased() }).union(["user.read"])
            case .communication: ["user_impersonation"]
            case .application: Set(world.entra.exposedScopes.map { $0.lowercased() })
            }
        return names.filter {
            Self.openID.contains($0.lowercased()) || $0.lowercased() == ".default"
                || consented.contains($0.lowercased())
        }
    }

    /// What `.default` stands for.
    static func all(of resource: TokenResource, in world: MicrosoftWorld) -> [String] {
        switch resource {
        case .graph: world.entra.delegatedPermissions + ["User.Read"]
        case .communication: ["user_impersonation"]
        case .application: world.entra.exposedScopes
        }
    }
}
