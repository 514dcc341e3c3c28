// SPDX-License-Identifier: Apache-2.0

import Foundation

/// How long work on this machine had to wait for a processor: what an answer's time owes to the machine and not to who
/// answered. Read from the kernel's pressure figures (`/proc/pressure/cpu`); where there are none, nothing is owed.
package struct MachineStrain: Sendable {
    /// Microseconds of waiting since the machine's start; nil where the kernel does not count them.
    private let total: Int?

    /// The count now.
    package init() { total = Self.read() }

    /// For tests: a count as the kernel writes it.
    package init(pressure text: String) { total = Self.total(in: text) }

    /// The time since `earlier` in which something waited for a processor.
    package func since(_ earlier: MachineStrain) -> Duration {
        guard let total, let before = earlier.total else { return .zero }
        return .microseconds(max(0, total - before))
    }

    private static func read() -> Int? {
        (try? String(contentsOfFile: "/proc/pressure/cpu", encoding: .utf8)).flatMap(total)
    }

    /// The line `some avg10=… total=MICROSECONDS`.
    private static func total(in text: String) -> Int? {
        let line = text.split(separator: "\n").first { $0.hasPrefix("some ") }
        return line?.split(separator: " ").last { $0.hasPrefix("total=") }.flatMap { Int($0.dropFirst(6)) }
    }
}
