// SPDX-License-Identifier: Apache-2.0

import MockKit
import World

/// Which communication resource an address names. A resource's data lie in one region, whose endpoint alone serves it.
struct ResourceAddress {
    /// The resource's own path before that of the service, such as `/acs/europe/{tenant}`; empty under its own name.
    let prefix: String
    /// Nil where the address does not say: found by what the request names.
    let tenant: String?
    /// Nil for an address without one: `/acs/{tenant}` leads to the resource wherever it lies.
    let region: Region?

    /// The words of Azure's own host names ([sec]: `{resource}.europe.communication.azure.com`).
    private static let hostWords: [String: Region] = [
        "unitedstates": .americas, "europe": .europe, "asiapacific": .asiaPacific,
    ]
    private static let services: Set<String> = ["sms", "availablePhoneNumbers", "phoneNumbers"]

    /// The resource and the rest of the path; nil for an address of another service.
    static func read(_ request: MockRequest) -> (ResourceAddress, [String])? {
        let path = request.segments
        let host = MicrosoftHosts.name(of: request.origin)
        if host.hasSuffix(MicrosoftHosts.sms) {
            let labels = host.dropLast(MicrosoftHosts.sms.count).split(separator: ".").map(String.init)
            return (
                ResourceAddress(
                    prefix: "", tenant: labels.first, region: labels.dropFirst().first.flatMap { hostWords[$0] }),
                path
            )
        }
        if path.first == "acs", path.count > 3, let region = Region(rawValue: path[1]) {
            return (
                ResourceAddress(prefix: "/acs/\(path[1])/\(path[2])", tenant: path[2], region: region),
                Array(path.dropFirst(3))
            )
        }
        if path.first == "acs", path.count > 2 {
            return (
                ResourceAddress(prefix: "/acs/\(path[1])", tenant: path[1], region: nil), Array(path.dropFirst(2))
            )
        }
        guard let first = path.first, services.contains(first) else { return nil }
        return (ResourceAddress(prefix: "", tenant: nil, region: nil), path)
    }
}
