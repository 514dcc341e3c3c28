// SPDX-License-Identifier: Apache-2.0

internal import HTTPTransport
package import Trace

/// Which party answers at which address of a run.
package struct PartyMap: Sendable {
    private let connector: String?
    private let ehr: String?
    private let microsoft: String?
    /// Further origins.
    private let ehrNames: Set<String>
    private let microsoftNames: Set<String>
    private let sms: String?

    /// - Parameters:
    ///   - connector: any URL of a party; its origin counts.
    ///   - ehrNames: well-known host names that the mock EHR answers for.
    ///   - sms: of another gateway for text messages.
    package init(
        connector: String?, ehr: String?, microsoft: String?, sms: String? = nil, ehrNames: [String] = [],
        microsoftNames: [String] = []
    ) {
        func origins(_ names: [String]) -> Set<String> {
            Set(names.compactMap { WebAddress("https://\($0)/")?.origin })
        }
        self.ehrNames = origins(ehrNames)
        self.microsoftNames = origins(microsoftNames)
        self.sms = sms.flatMap(WebAddress.init)?.origin
        self.connector = connector.flatMap(WebAddress.init)?.origin
        self.ehr = ehr.flatMap(WebAddress.init)?.origin
        self.microsoft = microsoft.flatMap(WebAddress.init)?.origin
    }

    /// The party of a URL; `egress` for any other host, nil for what is no web URL.
    package func party(of url: String) -> Party? {
        guard let address = WebAddress(url) else { return nil }
        let origin = address.origin
        if origin == connector { return .connector }
        if origin == ehr || ehrNames.contains(origin) { return .ehr }
        if origin == sms { return .sms }
        guard origin == microsoft || microsoftNames.contains(origin) else { return .egress }
        let first = address.path.split(separator: "/").first.map(String.init) ?? ""
        switch first {
        case "v1.0", "beta": return .graph
        case "l", "webrtc-svc", "meet": return .teams
        case "acs", "sms", "availablePhoneNumbers", "phoneNumbers": return .sms
        default: return .entra
        }
    }

    /// Whether a URL leads to one of the harness's own mocks.
    package func isMock(_ url: String) -> Bool {
        guard let origin = WebAddress(url)?.origin else { return false }
        return origin == ehr || origin == microsoft || ehrNames.contains(origin) || microsoftNames.contains(origin)
    }
}
