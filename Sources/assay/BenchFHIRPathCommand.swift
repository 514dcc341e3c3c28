// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import FHIRModel
import FHIRPath
import Foundation
import Value

/// `assay bench-fhirpath`: what `make bench` sets against another implementation. Not shown in the help.
struct BenchFHIRPathCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench-fhirpath", abstract: "Time parsing and evaluation of FHIRPath expressions.",
        discussion: """
            Reads one expression a line. Prints one JSON object a line: expression, parse and evaluate in nanoseconds of \
            processor time (the best of several rounds), and how many items came out.
            """, shouldDisplay: false)

    @Argument(help: "A file with expressions, one a line; # begins a comment.")
    var expressions: String

    @Argument(help: "A file with a FHIR R4 resource in JSON or XML.")
    var resource: String

    @Option(help: "Milliseconds of processor time for each round.")
    var milliseconds = 40

    func run() throws {
        let input = try ResourceFile.read(resource)
        let text: String
        do { text = try String(contentsOfFile: expressions, encoding: .utf8) } catch {
            Console.error("The file \(expressions) cannot be read.\n  = Name a file with one expression a line.")
            throw ExitCode(3)
        }
        let context = EvaluationContext(model: FHIRTypeModel.r4)
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            do throws(FHIRPathError) {
                let expression = try FHIRPath.Expression(parsing: String(line))
                let items = try expression.evaluate(on: input, context: context).count
                let parse = try time { () throws(FHIRPathError) in
                    _ = try FHIRPath.Expression(parsing: String(line))
                }
                let evaluate = try time { () throws(FHIRPathError) in
                    _ = try expression.evaluate(on: input, context: context)
                }
                let row: Value = [
                    "expression": .string(String(line)), "parse": Value(parse), "evaluate": Value(evaluate),
                    "items": Value(items),
                ]
                Console.print(row.json())
            } catch {
                Console.error("\(line): \(error.message)")
                throw ExitCode(3)
            }
        }
    }

    /// Nanoseconds of one call: the best of five rounds, each long enough for the clock.
    private func time(_ body: () throws(FHIRPathError) -> Void) throws(FHIRPathError) -> Int {
        var calls = 1
        var best = Double.infinity
        var rounds = 0
        while rounds < 5 {
            let start = Self.processorNanoseconds
            for _ in 0..<calls { try body() }
            let spent = Self.processorNanoseconds - start
            if spent < Double(milliseconds) * 500_000, calls < 100_000_000 {
                calls *= 2
                continue
            }
            best = min(best, spent / Double(calls))
            rounds += 1
        }
        return Int(best.rounded())
    }

    private static var processorNanoseconds: Double {
        var now = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now)
        return Double(now.tv_sec) * 1e9 + Double(now.tv_nsec)
    }
}
