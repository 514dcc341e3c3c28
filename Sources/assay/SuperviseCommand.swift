// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Connector

/// `assay supervise`: keeps a connector's process group, and ends it when the harness goes away.
struct SuperviseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "supervise", abstract: "Run a command that must not outlive the harness (used by assay itself).",
        shouldDisplay: false)

    @Option(help: "Folder of the outer side of a network of the command's own.")
    var network: String?

    @Option(help: "Ports that lead to the harness, separated by commas.")
    var ports: String = ""

    @Argument(parsing: .postTerminator, help: "The command and its arguments, after --.")
    var command: [String] = []

    func run() throws {
        throw ExitCode(
            Supervisor.main(command, network: network, ports: Set(ports.split(separator: ",").compactMap { Int($0) })))
    }
}
