// SPDX-License-Identifier: Apache-2.0

package import MockEHR
package import MockKit
package import MockMicrosoft

/// How the mocks are offered, where it is not plain HTTP on any free port of loopback.
package struct MockWorldOptions: Sendable {
    /// Address that is listened on.
    package var host = "127.0.0.1"
    /// 0 takes a free one.
    package var ehrPort = 0
    package var microsoftPort = 0
    package var egressPort = 0
    package var smsPort = 0
    /// Certificate of the EHR's, Microsoft's and the gateway's listeners; nil: plain HTTP. The way out is a proxy and stays
    /// plain.
    package var identity: MockListener.TLS?
    /// Origins under which clients know a listener, where they differ from what is listened on.
    package var ehrOrigin: String?
    package var microsoftOrigin: String?
    package var egressOrigin: String?
    package var smsOrigin: String?
    /// Host names that a tunnel through the way out reaches a mock by.
    package var ehrNames: [String] = []
    package var microsoftNames: [String] = []
    /// Another gateway for text messages.
    package var smsGateway: (@Sendable (MockMicrosoft) -> any MockHandler)?
    /// A channel of the connector's own for writeback; nil: the EHR's web service.
    package var writeback: (any MappedWriteback)?
    /// How Microsoft's messages reach the connector's hooks; nil: over libcurl with the machine's roots.
    package var sender: (any NotificationSender)?
    /// How the EHR reads key sets that clients publish; nil: over libcurl with the machine's roots.
    package var keySets: (any KeySetReader)?

    package init() {}
}
