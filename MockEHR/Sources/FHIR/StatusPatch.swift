// SPDX-License-Identifier: Apache-2.0

import MockKit
import Value

/// One operation of a JSON Patch (RFC 6902).
struct PatchOperation: Sendable {
    let name: String
    let path: String
    let value: Value?

    /// Nil where the body is no array of operations.
    static func read(_ body: Value?) -> [PatchOperation]? {
        guard let items = body?.array else { return nil }
        var operations: [PatchOperation] = []
        for item in items {
            guard let name = item["op"]?.string, let path = item["path"]?.string else { return nil }
            operations.append(PatchOperation(name: name, path: path, value: item["value"]))
        }
        return operations
    }
}

/// Patches of an appointment's status, slot and reasons, by the vendor's table.
extension PatchRules {
    /// Checks all operations, then applies them; what is refused changes nothing.
    func apply(_ operations: [PatchOperation], to booked: inout BookedAppointment) throws(Problem) {
        guard Set(operations.map(\.path)).count == operations.count else {
            throw Problem(.businessRule, "a path is patched twice")
        }
        for operation in operations {
            guard let rule = rules.first(where: { $0.path == operation.path && $0.name == operation.name }) else {
                throw Problem(.businessRule, "\(operation.name) of \(operation.path) is not supported")
            }
            if let companion = rule.companion { try require(companion, beside: operation.path, in: operations) }
            try check(operation, rule.shape, booked)
            if operation.path == "/status", let companion = operation.value?.string.flatMap({ company[$0] }) {
                try require(companion, beside: operation.path, in: operations)
            }
        }
        for operation in operations { set(operation, &booked) }
    }

    private func require(
        _ companion: Companion, beside path: String, in operations: [PatchOperation]
    ) throws(Problem) {
        let found = operations.contains {
            $0.name == companion.name && $0.path == companion.path
                && (companion.value == nil || $0.value?.string == companion.value)
        }
        guard found else {
            let value = companion.value.map { " with \($0)" } ?? ""
            throw Problem(.businessRule, "\(path) goes with \(companion.name) of \(companion.path)\(value)")
        }
    }

    private func check(
        _ operation: PatchOperation, _ shape: Shape, _ booked: BookedAppointment
    ) throws(Problem) {
        let value = Self.single(operation.value)
        let isRight =
            switch shape {
            case .status: moves[booked.status]?.contains(value?.string ?? "") == true
            case .reference(let type):
                value?["reference"]?.string.map { $0.hasPrefix(type + "/") && $0.count > type.count + 1 } ?? false
            case .textConcept: value?["text"]?.string?.isEmpty == false
            case .oneCoding: value?["coding"]?.array?.count == 1 && value?["coding"]?[0]?["code"]?.string != nil
            case .text: value?.string?.isEmpty == false
            case .extensions(let addresses):
                (operation.value?.array ?? [operation.value ?? .null])
                    .allSatisfy { addresses.contains($0["url"]?.string ?? "") }
            case .patientStatus(let word):
                value?.string == word && booked.status == "booked" && booked.patientStatus == "tentative"
            }
        guard !isRight else { return }
        if case .status = shape {
            throw Problem(
                .businessRule, "the status cannot go from \(booked.status) to \(value?.string ?? "nothing")")
        }
        throw Problem(.businessRule, "the value of \(operation.path) is not what it takes")
    }

    /// The element of an array of one, or the value itself; nil for longer arrays.
    private static func single(_ value: Value?) -> Value? {
        guard let items = value?.array else { return value }
        return items.count == 1 ? items[0] : nil
    }

    private func set(_ operation: PatchOperation, _ booked: inout BookedAppointment) {
        let value = Self.single(operation.value)
        switch operation.path {
        case "/status": booked.status = value?.string ?? booked.status
        case "/patient-status": booked.patientStatus = value?.string ?? booked.patientStatus
        // Arrays in the resource. The mock keeps no calendar: a new slot does not move the start [eng].
        case "/slot", "/reasonCode": booked.patched[String(operation.path.dropFirst())] = value.map { .array([$0]) }
        case "/extension": booked.patched["extension"] = operation.value.map { $0.array == nil ? .array([$0]) : $0 }
        default: booked.patched[String(operation.path.dropFirst())] = value
        }
    }
}
