// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// Runs a short command of a deployment file to its end.
package enum CommandRunner {
    /// What it came to. The last 32 MiB of its output are kept, the last 64 KiB where somebody reads it as it comes.
    package struct Result: Sendable {
        package let status: ExitStatus
        package let output: Data
        package let errors: String
    }

    /// - Parameters:
    ///   - environment: added to PATH, HOME and LANG.
    ///   - input: its standard input, which then ends.
    ///   - each: gets all of its output as it comes, however long.
    package static func run(
        _ command: [String], environment: [String: String] = [:], directory: String? = nil, input: Data = Data(),
        within limit: Duration, each: (@Sendable (Data) -> Void)? = nil
    ) async throws(ProcessError) -> Result {
        let output = OutputCapture(file: nil, limit: each == nil ? 32 << 20 : 64 << 10, each: each)
        let errors = OutputCapture(file: nil)
        var variables = ProcessInfo.processInfo.environment.filter {
            ["PATH", "HOME", "LANG", "TMPDIR", "LD_LIBRARY_PATH"].contains($0.key)
        }
        variables.merge(environment) { _, new in new }
        let child = try ChildProcess(
            command, environment: variables, directory: directory, output: output, errors: errors)
        if !input.isEmpty { await child.write(input) }
        child.closeInput()
        guard let status = await child.end(within: limit) else {
            child.signal(SIGKILL)
            _ = await child.end(within: .seconds(5))
            await child.outputEnd()
            throw ProcessError(
                "\(command[0]) did not end within \(limit)", remedy: "allow it more time, or see what it waits for",
                output: errors.tail)
        }
        await child.outputEnd(within: limit)
        return Result(status: status, output: output.bytes, errors: errors.tail)
    }
}
