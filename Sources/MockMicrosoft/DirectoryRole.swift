// SPDX-License-Identifier: Apache-2.0

import World

/// A built-in Entra role. Template ids: learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference.
struct DirectoryRole {
    let templateID: String
    let name: String

    static let globalAdministrator = DirectoryRole(
        templateID: "62e90394-69f5-4237-9190-012177145e10", name: "Global Administrator")
    static let reportsReader = DirectoryRole(
        templateID: "4a5d8f65-41da-4de4-8968-e035b65339cf", name: "Reports Reader")

    /// What everybody's `wids` claim holds besides.
    static let everyUser = "b79fbf4d-3ef9-4689-8143-76b194e85509"

    static func roles(of person: Person) -> [DirectoryRole] {
        switch person.role {
        case .administrator: [globalAdministrator]
        case .reportReader: [reportsReader]
        case .patient, .provider, .approver, .staff: []
        }
    }
}
