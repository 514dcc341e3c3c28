// SPDX-License-Identifier: Apache-2.0

/// How the connector writes connects and disconnects of a visit to the EHR.
package enum WritebackChannel: Sendable, Hashable {
    /// The EHR's own web service, with the numbers that stand for the two states. Only 1 for connected is attested in public;
    /// the vendor and its customer agree on them (facts 5.4.5).
    case webService(connected: Int, disconnected: Int)
    /// Where nobody of the harness's sees it.
    case none

    package static let standard = WritebackChannel.webService(connected: 1, disconnected: 2)
}
