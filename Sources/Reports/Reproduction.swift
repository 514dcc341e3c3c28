// SPDX-License-Identifier: Apache-2.0

internal import Judge

/// The command line that does the same again.
enum Reproduction {
    /// - Parameter scenario: the one to run alone; `run` and nil are the whole plan.
    static func command(_ results: RunResults, scenario: String? = nil) -> String {
        var words = ["assay", "run"]
        if let scenario, scenario != "run" { words += ["--only", quoted(scenario)] }
        if let profile = results.profile, scenario == nil { words += ["--profile", quoted(profile)] }
        if results.deployment != "reference" { words += ["--deployment", quoted(results.deployment + ".yaml")] }
        for defect in results.defects { words += ["--defect", quoted(defect)] }
        words += ["--seed", String(results.seed), "--nonce", quoted(results.nonce)]
        return words.joined(separator: " ")
    }

    /// A word of a POSIX shell.
    static func quoted(_ text: String) -> String {
        let isPlain =
            !text.isEmpty
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) || "-_./:=,@%+".utf8.contains(byte)
            }
        return isPlain ? text : "'" + text.replacing("'", with: #"'\''"#) + "'"
    }
}
