// SPDX-License-Identifier: Apache-2.0

import Canary
import Testing
import World

@Suite struct PersonMintTests {
    static let roles: [(String, Role)] = [
        ("ann", .patient), ("ben", .patient), ("dr-ruiz", .provider), ("root", .administrator), ("ada", .approver),
        ("sam", .staff), ("rita", .reportReader), ("cho", .patient),
    ]

    static func people(
        _ world: String = "w1", nonce: String = "n", vendor: Vendor = .epic, ordinal: Int? = 3
    ) -> [Person] {
        var mint = PersonMint(
            seed: RunSeed(seed: 7, nonce: nonce), world: WorldID(rawValue: world), vendor: vendor,
            tenantDomain: "contoso.example", ordinal: ordinal)
        return roles.map { mint.person(alias: $0.0, role: $0.1) }
    }

    @Test func `the same seed and nonce give the same people, another nonce others`() {
        #expect(Self.people() == Self.people())
        let first = Set(CanarySet(people: Self.people()).canaries.map(\.value))
        let second = Set(CanarySet(people: Self.people(nonce: "m")).canaries.map(\.value))
        // Test addresses are few and telephone numbers too; everything else must differ.
        #expect(first.intersection(second).allSatisfy { $0.contains(".") || $0.hasPrefix("+1") })
    }

    @Test(arguments: Vendor.allCases) func `every value of a world is unique and holds no other`(vendor: Vendor) {
        let values = CanarySet(people: Self.people(vendor: vendor)).canaries.map(\.value)
        #expect(Set(values).count == values.count)
        for value in values {
            #expect(values.filter { $0 != value && $0.contains(value) }.isEmpty, "\(value) stands in another value")
        }
    }

    @Test func `the names of one record are written in one script`() {
        func scripts(_ record: PersonRecord) -> Set<String> {
            let names = [record[.givenName], record[.familyName], record[.displayName]].joined()
            return Set(
                names.unicodeScalars.filter(\.properties.isAlphabetic).map {
                    switch $0.value {
                    case 0x400..<0x530: "Cyrillic"
                    case 0x2E80...: "Han"
                    default: "Latin"
                    }
                })
        }
        var seen: Set<String> = []
        for world in 0..<12 {
            for person in Self.people("w\(world)") {
                for record in [person.ehr, person.directory ?? PersonRecord()] where !record.values.isEmpty {
                    #expect(scripts(record).count == 1, "\(person.alias): \(record.values)")
                    seen.formUnion(scripts(record))
                }
            }
        }
        #expect(seen.count == 3)
    }

    @Test func `identifying parts are unique within a world`() {
        let people = Self.people()
        let ehr = people.map(\.ehr).filter { !$0.values.isEmpty }
        func distinct(_ parts: [String]) -> Bool { Set(parts).count == parts.count }
        let phones = people.flatMap { [$0.ehr[.phone], $0.ehr[.fax], $0.directory?[.phone] ?? ""] }.filter {
            !$0.isEmpty
        }
        #expect(distinct(phones.map { String($0.suffix(4)) }))
        #expect(distinct(ehr.map { String($0[.birthDate].prefix(7)) }))
        #expect(distinct(ehr.map { String($0[.medicalRecordNumber].suffix(6)) }))
        #expect(distinct(ehr.map { String($0[.socialSecurityNumber].suffix(4)) }))
        #expect(
            distinct(people.flatMap { [$0.ehr[.familyName], $0.directory?[.familyName] ?? ""] }.filter { !$0.isEmpty }))
    }

    @Test func `values have the shape an EHR accepts`() throws {
        let ann = try #require(Self.people().first)
        #expect(ann.ehr[.phone].wholeMatch(of: /\+1[2-9]\d\d55501\d\d/) != nil)
        #expect(ann.ehr[.birthDate].wholeMatch(of: /(19|20)\d\d-(0[1-9]|1[0-2])-(1[3-9]|2[0-8])/) != nil)
        #expect(ann.ehr[.socialSecurityNumber].wholeMatch(of: /9\d\d-[0-4]\d-[1-9]\d{3}/) != nil)
        #expect(ann.ehr[.email].wholeMatch(of: /[a-z.0-9]+@example\.(org|net)/) != nil)
        #expect(ann.ehr[.fhirID].count == 24)
        #expect(Set(DataClass.allCases).subtracting(ann.ehr.values.keys) == [.directoryID, .principalName])
        #expect(ann.directory == nil)
    }

    @Test func `a directory knows people by other names than the EHR`() throws {
        let ruiz = try #require(Self.people().first { $0.role == .provider })
        let directory = try #require(ruiz.directory)
        for name in [DataClass.displayName, .familyName, .givenName, .email, .phone] {
            #expect(!directory[name].isEmpty && directory[name] != ruiz.ehr[name])
        }
        #expect(directory[.principalName].hasSuffix("@contoso.example"))
        let admin = try #require(Self.people(vendor: .cerner).first { $0.role == .administrator })
        #expect(admin.ehr.values.isEmpty && admin.directory != nil)
    }

    @Test func `three people bring at least one name beyond plain Latin letters`() {
        for world in 0..<24 {
            let names = Self.people("w\(world)").prefix(3).flatMap {
                [$0.ehr[.familyName], $0.directory?[.familyName] ?? ""]
            }
            #expect(names.contains { !$0.allSatisfy { $0.isASCII && $0.isLetter } && !$0.isEmpty })
        }
    }

    @Test func `worlds with ordinals never share a telephone number`() {
        var seen = Set<String>()
        for world in 0..<400 {
            for person in Self.people("w\(world)", ordinal: world) where !person.ehr[.phone].isEmpty {
                #expect(seen.insert(person.ehr[.phone]).inserted)
            }
        }
    }

    @Test func `a canary is found by its id`() {
        let set = CanarySet(people: Self.people())
        #expect(set["ann.ehr.family-name"]?.dataClass == .familyName)
        #expect(set["dr-ruiz.directory.principal-name"]?.origin == .directory)
        #expect(set["nobody.ehr.phone"] == nil)
    }
}
