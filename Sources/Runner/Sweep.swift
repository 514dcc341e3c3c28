// SPDX-License-Identifier: Apache-2.0

internal import Canary
internal import Connector
internal import Trace
internal import Value
internal import World

/// Searches what the connector sent and kept for the canaries of all worlds, and records what stands where.
struct Sweep {
    let journal: Journal
    let worlds: [WorldModel]
    let instances: [ConnectorInstance]

    func run() async {
    }
}
