// SPDX-License-Identifier: Apache-2.0

import Canary
import Testing
import World

@Suite struct DetectorRecallTests {
    static let classes: [DataClass] = [
        .familyName, .phone, .birthDate, .email, .medicalRecordNumber, .street, .clinicalText, .fhirID, .displayName,
    ]

    static func people(_ seed: UInt64, _ count: Int, _ nonce: String) -> [Person] {
        var mint = PersonMint(
            seed: RunSeed(seed: seed, nonce: nonce), world: WorldID(rawValue: "w"), vendor: .epic,
            tenantDomain: "contoso.example", ordinal: nonce == "own" ? 0 : 1)
        return (0..<count).map { mint.person(alias: "p\($0)", role: .patient) }
    }

    struct Score {
        var planted = 0
        /// By family: planted and found.
        var families: [String: (planted: Int, found: Int)] = [:]
        var missed: [String: Int] = [:]
        var messages = 0
        var falseHits: [String: Int] = [:]
        var unscanned: [String] = []
    }

    static func score(_ seed: UInt64) -> Score {
        var score = Score()
        let own = people(seed, 12, "own")
        let strangers = people(seed, 12, "stranger")
        let detector = Detector(CanarySet(people: own))
        // Identifying parts that two sets of people share by chance are no stranger's alone.
        let parts = Set(
            own.flatMap {
                [
                    String($0.ehr[.phone].suffix(4)), String($0.ehr[.fax].suffix(4)),
                    String($0.ehr[.birthDate].prefix(7)),
                ]
            })
        for (family, shape) in LeakShape.families.flatMap({ family in family.shapes.map { (family.name, $0) } }) {
            for (index, person) in own.enumerated() {
                let dataClass = shape.classes?.first ?? classes[index % classes.count]
                if let message = shape.make(person.ehr[dataClass]) {
                    score.planted += 1
                    let found = detector.scan(message)
                    let id = "\(person.alias).ehr.\(dataClass.rawValue)"
                    score.families[family, default: (0, 0)].planted += 1
                    if found.hits.contains(where: { $0.canary == id }) {
                        score.families[family, default: (0, 0)].found += 1
                    } else {
                        score.missed["\(shape.name) \(dataClass.rawValue) \(index % 6)", default: 0] += 1
                    }
                    let others = found.hits.filter { $0.canary != id }
                    for other in others {
                        score.falseHits["own \(shape.name) \(other.canary) \(other.form)", default: 0] += 1
                    }
                    score.unscanned += found.unscanned.map { "\(shape.name) \($0.reason) \($0.chain)" }
                }
                let strange = strangers[index].ehr[dataClass]
                guard !parts.contains(String(strange.suffix(4))), !parts.contains(String(strange.prefix(7))) else {
                    continue
                }
                if let message = shape.make(strange) {
                    score.messages += 1
                    for hit in detector.scan(message).hits {
                        score.falseHits[
                            "\(shape.name) \(dataClass.rawValue) \(hit.canary) \(hit.form) \(hit.chain)", default: 0] +=
                            1
                    }
                }
            }
        }
        return score
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `what leaks is found in every shape, and what is a stranger's is not`(seed: UInt64) {
        let score = Self.score(seed)
        let missed = score.missed.values.reduce(0, +)
        let wrong = score.falseHits.values.reduce(0, +)
        let recall = 1 - Double(missed) / Double(score.planted)
        let precision = 1 - Double(wrong) / Double(score.planted - missed + wrong)
        #expect(recall >= 0.99, "recall \(recall) of \(score.planted): \(score.missed.sorted { $0.key < $1.key })")
        for (family, figures) in score.families.sorted(by: { $0.key < $1.key }) {
            let share = Double(figures.found) / Double(figures.planted)
            #expect(share >= 0.95, "\(family): \(figures.found) of \(figures.planted)")
        }
        #expect(precision >= 0.999, "precision \(precision): \(score.falseHits.sorted { $0.key < $1.key })")
        #expect(score.unscanned.isEmpty, "unscanned: \(score.unscanned)")
    }
}
