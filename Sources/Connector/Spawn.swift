// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// posix_spawn with a process group of its own, default signals, and nothing inherited but what is named.
enum Spawn {
    /// Zero and the process id, or an errno.
    static func start(
        _ command: [String], environment: [String: String], directory: String?, descriptors: [(from: Int32, to: Int32)],
        ownGroup: Bool = true
    ) -> (code: Int32, pid: pid_t) {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        // Copies stand above every source and target first, so that none overwrites another.
        let base = max(255, descriptors.map(\.from).max() ?? 0) + 1
        for (index, pair) in descriptors.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, pair.from, base + Int32(index))
        }
        for (index, pair) in descriptors.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, base + Int32(index), pair.to)
        }
        let kept = Set(descriptors.map(\.to))
        // Closing what is not open is no error there.
        for number in 3..<(base + Int32(descriptors.count)) where !kept.contains(number) {
            posix_spawn_file_actions_addclose(&actions, number)
        }
        // Swift's Glibc does not offer posix_spawn's own change of directory.
        let command = directory.map { ["env", "-C", $0] + command } ?? command
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        var flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        if ownGroup {
            posix_spawnattr_setpgroup(&attributes, 0)
            flags |= POSIX_SPAWN_SETPGROUP
        }
        posix_spawnattr_setflags(&attributes, Int16(flags))
        var arguments = command.map { strdup($0) } + [nil]
        var variables = environment.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer {
            for pointer in arguments + variables { free(pointer) }
        }
        var pid: pid_t = 0
        let code = posix_spawnp(&pid, command[0], &actions, &attributes, &arguments, &variables)
        return (code, pid)
    }
}
