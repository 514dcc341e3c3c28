// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// `assay supervise -- COMMAND…`: stands between the harness and a connector, so that the connector ends even when the
/// harness is killed. Both are in one process group; when the pipe at ``descriptor`` closes, the group is killed.
package enum Supervisor {
    /// Where the supervisor finds the read end of the harness's pipe.
    package static let descriptor: Int32 = 3

    /// Runs the command to its end and answers with its exit code; 128 + n after signal n. Usage errors answer 64.
    /// - Parameters:
    ///   - arguments: what follows `supervise`.
    ///   - network: folder of the outer side of a network of the command's own, in whose fresh namespace this runs.
    ///   - ports: that something of the harness's is known by.
    package static func main(_ arguments: [String], network: String? = nil, ports: Set<Int> = []) -> Int32 {
        var command = arguments.first == "--" ? Array(arguments.dropFirst()) : arguments
        guard !command.isEmpty else { return 64 }
        if let network {
            do throws(ProcessError) {
                try NetworkInside.open(folder: network, ports: ports)
            } catch {
                FileHandle.standardError.write(Data("assay supervise: \(error)\n".utf8))
                return 126
            }
            // What set the network up must not be able to undo it from the command.
            if getuid() != 0 { command = ["setpriv", "--inh-caps=-all", "--ambient-caps=-all", "--"] + command }
        }
        // The group's leader already where the harness started it; otherwise it becomes that now.
        if getpgrp() != getpid() { setpgid(0, 0) }
        // The group's signals are meant for the command: the supervisor outlives them to report how it ended.
        for number in [SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2] { signal(number, SIG_IGN) }
        let (code, pid) = Spawn.start(
            command, environment: ProcessInfo.processInfo.environment, directory: nil,
            descriptors: [(0, 0), (1, 1), (2, 2)], ownGroup: false)
        guard code == 0 else {
            let text = "assay supervise: \(command[0]): \(String(cString: strerror(code)))\n"
            FileHandle.standardError.write(Data(text.utf8))
            return 127
        }
        Thread {
            var byte: UInt8 = 0
            var count = read(descriptor, &byte, 1)
            while count > 0 || (count < 0 && errno == EINTR) { count = read(descriptor, &byte, 1) }
            // Without a pipe there is nobody to watch.
            guard count == 0 else { return }
            kill(0, SIGKILL)
        }.start()
        var raw: Int32 = 0
        while waitpid(pid, &raw, 0) < 0, errno == EINTR {}
        let number = raw & 0x7F
        return number == 0 ? (raw >> 8) & 0xFF : 128 + number
    }
}
