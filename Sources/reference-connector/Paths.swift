// SPDX-License-Identifier: Apache-2.0

/// Every path the connector answers, in one place. The prefix is part of the public address.
struct Paths: Sendable {
    /// Public address including the prefix, without trailing slash.
    let root: String
    let visitLink: String
    let staffLink: String

    static func prefix(_ behaviour: Behaviour) -> String { behaviour.has(.otherPaths) ? "/telehealth/c1" : "" }

    init(root: String, behaviour: Behaviour) {
        self.root = root
        let renamed = !Self.prefix(behaviour).isEmpty
        visitLink = renamed ? "/join" : "/v"
        staffLink = renamed ? "/staff" : "/p"
    }

    func url(_ path: String) -> String { root + path }

    /// Stands for the record of whichever base the issuer is (variant `one-launch-address`).
    static let anyRecord = "any"

    /// Redirect target of SMART launches and of the approver's Epic sign-in.
    var launchCallback: String { url("/launch/callback") }
    /// Redirect target of Microsoft sign-ins.
    var microsoftCallback: String { url("/auth/microsoft/callback") }
}
