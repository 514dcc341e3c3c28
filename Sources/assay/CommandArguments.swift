// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

extension AssayCommand {
    static func main() async {
        await main(CommandArguments.arranged(Array(CommandLine.arguments.dropFirst())))
    }
}

/// Lets an expression begin with a minus sign: `assay fhirpath "-1 < 2" FILE`.
enum CommandArguments {
    static func arranged(_ arguments: [String]) -> [String] {
        guard arguments.first == "fhirpath", !arguments.contains("--") else { return arguments }
        let rest = arguments.dropFirst()
        func isFlag(_ text: String) -> Bool {
            text == "-h" || text.wholeMatch(of: /--[a-z][a-z-]*/) != nil
        }
        return ["fhirpath"] + rest.filter(isFlag) + ["--"] + rest.filter { !isFlag($0) }
    }
}
