// SPDX-License-Identifier: Apache-2.0

import Canary
import Foundation
import Judge
import Value
import World

/// Collects what a scan finds, prints it as it comes, and counts for the footer. The value of a canary is never printed.
struct ScanReport {
    let isJSON: Bool
    let policy: FlowPolicy?
    /// Roles of the people whose canaries are searched, for a policy's rules.
    let world: FlowWorld
    let canaries: [String: Canary]
    var bytes = 0
    private(set) var findings = 0
    private(set) var allowed = 0
    private(set) var unscanned: [Value] = []
    private var unscannedCount = 0
    private let started = ContinuousClock.now

    init(isJSON: Bool, policy: FlowPolicy?, set: CanarySet) {
        self.isJSON = isJSON
        self.policy = policy
        canaries = Dictionary(set.canaries.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        world = FlowWorld(
            roles: Dictionary(set.canaries.compactMap { canary in canary.person.map { ($0, Role.patient) } }) {
                first, _ in first
            })
    }

    /// - Parameters:
    ///   - container: what the whole file is wrapped in; offsets then count in the unpacked text.
    ///   - place: table and column of a database.
    ///   - isName: found in the name, not in what is under it.
    mutating func add(
        _ hit: Hit, path: String, message: String? = nil, within container: String? = nil, place: String? = nil,
        isName: Bool = false
    ) {
        let chain = (container.map { [$0] } ?? []) + hit.chain
        if let policy {
            let canary = canaries[hit.canary]
            let surface = SurfaceHit(
                canary: hit.canary, dataClass: hit.dataClass?.rawValue ?? "", person: canary?.person ?? "",
                origin: hit.origin?.rawValue ?? DataOrigin.ehr.rawValue, surface: "file:\(path)", chain: chain,
                form: hit.form, offset: hit.offset, level: hit.level.rawValue, world: hit.world)
            if policy.judge([surface], world: world).isEmpty {
                allowed += 1
                return
            }
        }
        findings += 1
        if isJSON {
            var line: Members = [
                "canary": .string(hit.canary), "class": Value(hit.dataClass?.rawValue), "path": .string(path),
                "offset": Value(hit.offset), "length": Value(hit.length),
                "chain": .array(chain.map { .string($0) }), "level": .string(hit.level.rawValue),
                "form": .string(hit.form),
            ]
            if !hit.excerpt.isEmpty { line["excerpt"] = .string(hit.excerpt) }
            if let message { line["message"] = .string(message) }
            if let place = isName ? "name" : place { line["place"] = .string(place) }
            if let world = hit.world { line["world"] = .string(world.rawValue) }
            Console.print(Value.object(line).json())
        } else {
            var line = isName ? "\(path): its name holds \(hit.canary)" : "\(path):\(hit.offset): \(hit.canary)"
            if let dataClass = hit.dataClass { line += " (\(dataClass.rawValue))" }
            if hit.form != "value" { line += " as \(hit.form)" }
            if !chain.isEmpty { line += " within \(chain.joined(separator: " > "))" }
            if let place { line += " at \(place)" }
            if let message { line += " in message \(message)" }
            if !hit.excerpt.isEmpty { line += ", masked: \(hit.excerpt)" }
            Console.print(line + ", \(hit.level.rawValue)")
        }
    }

    /// Something that was not searched, or not to its end. Only the first hundred are kept: the footer counts all.
    mutating func addUnscanned(path: String, reason: String, offset: Int? = nil, chain: [String] = []) {
        unscannedCount += 1
        if !isJSON { Console.error("\(path): not searched to its end: \(reason)") }
        guard unscanned.count < 100 else { return }
        var entry: Members = ["path": .string(path), "reason": .string(reason)]
        entry["offset"] = offset.map { Value($0) }
        if !chain.isEmpty { entry["chain"] = .array(chain.map { .string($0) }) }
        unscanned.append(.object(entry))
    }

    var exitCode: Int32 { findings > 0 ? 1 : unscannedCount > 0 ? 2 : 0 }

    func printFooter() {
        let seconds = (ContinuousClock.now - started).inSeconds
        if isJSON {
            var footer: Members = [
                "footer": true, "findings": Value(findings), "bytes-scanned": Value(bytes),
                "unscanned": .array(unscanned), "unscanned-count": Value(unscannedCount),
                "seconds": Number((seconds * 1000).rounded() / 1000).map { .number($0) } ?? .null,
            ]
            if policy != nil { footer["allowed"] = Value(allowed) }
            Console.print(Value.object(footer).json())
        } else {
            let more = policy == nil ? "" : ", \(allowed) allowed by the policy"
            Console.print(
                "\(findings) findings\(more), \(unscannedCount) not searched to their end, \(bytes) bytes in "
                    + String(format: "%.2f s", seconds))
        }
    }
}
