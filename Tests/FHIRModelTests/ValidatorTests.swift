// SPDX-License-Identifier: Apache-2.0

import FHIRModel
import FHIRPath
import Testing
import Value

@Suite struct `The validator` {
    private static let appointment = """
        {"resourceType": "Appointment", "id": "a1", "status": "booked", "start": "2026-11-21T10:00:00Z",
         "end": "2026-11-21T10:20:00Z", "minutesDuration": 20,
         "participant": [{"actor": {"reference": "Patient/p1"}, "status": "accepted"}]}
        """

    private func errors(_ json: String) throws -> [String] {
        Validator().issues(in: try Value.parseJSON(json)).filter { $0.severity == .error }
            .map { "\($0.code.rawValue) \($0.path)" }
    }

    private func errors(replacing part: String, with other: String) throws -> [String] {
        try errors(Self.appointment.replacing(part, with: other))
    }

    @Test func `a right appointment is accepted`() throws { #expect(try errors(Self.appointment).isEmpty) }

    @Test(arguments: [
        (#""status": "booked", "#, "", "required Appointment.status"),
        (#""booked""#, #""bookd""#, "code-invalid Appointment.status"),
        (#""booked""#, "true", "value Appointment.status"),
        (#""booked""#, #"["booked"]"#, "structure Appointment.status"),
        (#""2026-11-21T10:00:00Z""#, #""2026-11-21T10:00:00""#, "value Appointment.start"),
        (#""minutesDuration": 20"#, #""minutesDuration": 0"#, "value Appointment.minutesDuration"),
        (#""minutesDuration""#, #""minuteDuration""#, "structure Appointment.minuteDuration"),
        (
            #""reference": "Patient/p1""#, #""reference": "Medication/p1""#,
            "structure Appointment.participant[0].actor.reference"
        ),
        (#""actor": {"reference": "Patient/p1"}, "#, "", "invariant Appointment.participant[0]"),
        (#", "status": "accepted""#, "", "required Appointment.participant[0].status"),
        (#""end": "2026-11-21T10:20:00Z","#, "", "invariant Appointment"),
        (#"{"reference": "Patient/p1"}"#, "{}", "invariant Appointment.participant[0].actor"),
        (#""id": "a1""#, #""id": "a 1""#, "value Appointment.id"),
        (#""Appointment""#, #""Appointmen""#, "structure Appointmen"),
    ]) func `a mistake is found in its place`(part: String, other: String, expected: String) throws {
        #expect(try errors(replacing: part, with: other).contains(expected))
    }

    @Test(arguments: ["noshow", "cancelled"])
    func `a missed appointment may have a reason, though the published rule misspells its code`(status: String) throws {
        let reason = #""\#(status)", "cancelationReason": {"text": "ill"}"#
        #expect(try errors(replacing: #""booked""#, with: reason).isEmpty)
        #expect(
            try errors(replacing: #""booked""#, with: reason.replacing(status, with: "arrived")) == [
                "invariant Appointment"
            ])
    }

    @Test func `choices exclude each other`() throws {
        let observation =
            #"{"resourceType": "Observation", "status": "final", "code": {"text": "x"}, "valueString": "a", "valueInteger": 1}"#
        #expect(try errors(observation) == ["structure Observation.value"])
    }

    @Test func `every published constraint is FHIRPath that can be read`() {
        // A constraint that does not parse would silently check nothing.
        #expect(FHIRTypeModel.unreadableConstraints.isEmpty, "\(FHIRTypeModel.unreadableConstraints)")
    }
}

/// Seeded damage to valid instances: each is found, at the damaged place.
@Suite(.enabled(if: !TestData.examples.isEmpty, "no test data: set ASSAY_TEST_DATA"))
struct `Damaged examples` {
    private struct Dice {
        var state: UInt64
        mutating func roll(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(max(1, count)))
        }
    }

    @Test(arguments: [1, 2, 3]) func `damage is found where it was done`(seed: Int) throws {
        var dice = Dice(state: UInt64(seed))
        let model = FHIRTypeModel.r4
        var done: [String: Int] = [:]
        for (file, data) in TestData.examples.sorted(by: { $0.key < $1.key }) {
            let value = try Value.parseJSON(data)
            guard case .object(let members) = value, let type = model.description(of: model.type(of: value)),
                let rules = model.rules(of: type.id), let name = value["resourceType"]?.string
            else { continue }
            for kind in ["drop", "unknown", "cardinality", "primitive", "code"] {
                var damaged = members
                // Elements of the resource itself that this kind of damage fits.
                let fitting = type.elements.indices.filter { index in
                    let element = type.elements[index]
                    guard let form = element.forms.first(where: { members[$0.jsonName] != nil }) else { return false }
                    switch kind {
                    case "drop": return rules.elements[index].min > 0
                    case "unknown": return true
                    case "cardinality": return !element.isArray
                    case "primitive":
                        let system = model.description(of: form.type)?.system
                        return !element.isArray && model.description(of: form.type)?.isPrimitive == true
                            && system != .string
                    default:
                        return !element.isArray && !rules.elements[index].binding.isEmpty
                            && members[form.jsonName]?.string != nil
                    }
                }
                guard !fitting.isEmpty else { continue }
                let index = fitting[dice.roll(fitting.count)]
                let element = type.elements[index]
                guard let form = element.forms.first(where: { members[$0.jsonName] != nil }),
                    let old = members[form.jsonName]
                else { continue }
                var expected = "\(name).\(form.jsonName)"
                switch kind {
                case "drop":
                    damaged[form.jsonName] = nil
                    expected = "\(name).\(element.name)"
                case "unknown":
                    damaged[form.jsonName + "Zz"] = old
                    expected += "Zz"
                case "cardinality": damaged[form.jsonName] = [old, old]
                case "primitive": damaged[form.jsonName] = "not one"
                default: damaged[form.jsonName] = "no-such-code"
                }
                let issues = Validator(model: model).issues(in: .object(damaged))
                #expect(
                    issues.contains { $0.severity == .error && $0.path == expected },
                    "\(file) \(kind) \(expected): \(issues.map(\.description))")
                done[kind, default: 0] += 1
            }
        }
        print("damage found, seed \(seed): \(done.sorted { $0.key < $1.key })")
    }
}
