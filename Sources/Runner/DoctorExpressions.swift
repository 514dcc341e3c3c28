// SPDX-License-Identifier: Apache-2.0

internal import Connector
internal import FHIRPath

/// Expressions over JSON answers, compiled before they are needed. XPath is checked when the file is read.
enum DoctorExpressions {
    static func check(_ binding: Binding) -> [DoctorFinding] {
        var expressions: [(place: String, text: String)] = []
        for (place, condition) in [("accepted", binding.accepted), ("refused", binding.refused)] {
            expressions += (condition.map(inside) ?? []).map { (place, $0) }
        }
        for reading in binding.reads {
            if case .json(let text, _) = reading.source { expressions.append(("read.\(reading.name)", text)) }
        }
        return expressions.compactMap { place, text in
            do throws(FHIRPathError) {
                _ = try FHIRPath.Expression(parsing: text)
                return nil
            } catch {
                return DoctorFinding(
                    "bindings", .problem, "\(binding.operation).\(place): `\(text)` is no FHIRPath: \(error)",
                    remedy: "`assay fhirpath EXPR FILE` tries an expression out")
            }
        }
    }

    private static func inside(_ condition: Condition) -> [String] {
        switch condition {
        case .json(let text): [text]
        case .all(let conditions): conditions.flatMap(inside)
        case .xpath, .status: []
        }
    }
}
