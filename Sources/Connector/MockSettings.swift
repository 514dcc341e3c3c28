// SPDX-License-Identifier: Apache-2.0

/// How the mocks are offered to the connector.
package struct MockSettings: Sendable {
    package enum TLS: String, Sendable, CaseIterable { case none, runCA = "run-ca", files }
    package enum Listener: String, Sendable, CaseIterable { case ehr, microsoft, egress, sms }

    /// PEM files of a certificate that the connector trusts already.
    package struct Files: Sendable, Hashable {
        package let certificate: String
        package let key: String
        /// What actors trust; nil: the system's own authorities.
        package let authority: String?
    }

    /// Address that is listened on.
    package let listen: String
    /// Fixed ports; a listener without one takes any that is free.
    package let ports: [Listener: Int]
    /// Origins under which the connector reaches the mocks, where they differ from what is listened on.
    package let publicURLs: [Listener: Template]
    package let tls: TLS
    package let files: Files?
    /// Well-known host names that the mocks answer for under the run's authority.
    package let names: [String: Listener]
    /// Graph, Entra and Teams are Microsoft's own: rows that need them are not observable.
    package let isMicrosoftReal: Bool

    package init(
        listen: String = "127.0.0.1", ports: [Listener: Int] = [:], publicURLs: [Listener: Template] = [:],
        tls: TLS = .none, files: Files? = nil, names: [String: Listener] = [:], isMicrosoftReal: Bool = false
    ) {
        self.listen = listen
        self.ports = ports
        self.publicURLs = publicURLs
        self.tls = tls
        self.files = files
        self.names = names
        self.isMicrosoftReal = isMicrosoftReal
    }
}
