// SPDX-License-Identifier: Apache-2.0

import MockKit
import Trace

/// Which of Microsoft's services a request is for.
enum Place {
    case entra(tenant: String)
    case graph(version: String, path: [String])
    case teams(JoinAddress)
    case sms(ResourceAddress, path: [String])
    /// Where a person confirms an Event Grid subscription (`validationUrl`).
    case eventGrid
    case unknown

    init(_ request: MockRequest) {
        let path = request.segments
        guard let first = path.first else {
            self = .unknown
            return
        }
        if let (resource, rest) = ResourceAddress.read(request) {
            self = .sms(resource, path: rest)
        } else if Graph.versions.contains(first) {
            self = .graph(version: first, path: Array(path.dropFirst()))
        } else if let address = JoinAddress(path: path, query: request.queryFields) {
            self = .teams(address)
        } else if path == ["eventgrid", "validate"] {
            self = .eventGrid
        } else if Entra.owns(path) {
            self = .entra(tenant: first)
        } else {
            self = .unknown
        }
    }

    var party: Party {
        switch self {
        case .entra, .unknown: .entra
        case .graph: .graph
        case .teams: .teams
        case .sms, .eventGrid: .sms
        }
    }
}
