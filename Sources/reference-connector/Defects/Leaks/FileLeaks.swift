// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB

extension Leak {
    static let intoFiles: [Leak] = [
        Leak(defect: .nameInUTF16File) { spill in
            let line = "\u{FEFF}time;patient\r\n\(Text.instant(spill.visit.start));\(spill.patient.name)\r\n"
            try spill.leave(
                "exports/\(spill.message.id).csv", Data(line.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }))
        },
        Leak(defect: .exportZipLeft) { spill in
            let archive = Container.zip("patients.json", spill.patient.resource.data)
            try spill.leave("exports/\(spill.message.id).zip", archive)
        },
        Leak(defect: .crashDumpLeft) { spill in
            let memory = Data([0x7F, 0x45, 0x4C, 0x46, 2, 1, 1]) + Data(count: 57) + spill.patient.resource.data
            try spill.leave("core.\(ProcessInfo.processInfo.processIdentifier)", memory + Data(count: 4096))
        },
        Leak(defect: .thumbnailNamesPatient) { spill in
            try spill.leave("thumbnails/\(spill.message.id).png", Container.png(title: spill.patient.name))
        },
        Leak(defect: .fileNamesPatient) { spill in
            try spill.leave("exports/\(spill.patient.name).done", Data())
        },
        Leak(defect: .keyedFileName) { spill in
            try spill.leave("exports/\(spill.services.keys.hash("file", spill.phone))-\(spill.message.id).done", Data())
        },
        Leak(defect: .phoneSplitInColumns) { spill in
            let digits = Array(spill.phone.drop { $0 == "+" }.dropFirst())
            guard digits.count == 10 else { return }
            let cells = [digits[0..<3], digits[3..<6], digits[6..<10]].map { String($0) }.joined(separator: ",")
            try spill.leave("exports/\(spill.message.id).csv", Data("area,exchange,line\n\(cells)\n".utf8))
        },
    ]

    static let intoTheDatabase: [Leak] = [
        Leak(defect: .patientPhoneInDatabase) { spill in
            try await spill.services.store.write {
                try $0.execute(
                    sql: "UPDATE message SET phone = ? WHERE id = ?", arguments: [spill.phone, spill.message.id])
            }
        },
        Leak(defect: .reportNamesPatient) { spill in
            let name = spill.patient.name
            try await spill.services.store.update(visit: spill.visit.id) { $0.department = name }
        },
        Leak(defect: .patientInJob) { spill in
            let payload: JSON = ["name": .string(spill.patient.name), "to": .string(spill.patient.email ?? "")]
            try await spill.services.store.schedule(
                .purge, key: String(decoding: payload.data, as: UTF8.self), tenant: spill.visit.tenant,
                due: spill.visit.end.addingTimeInterval(365 * 86_400))
        },
        Leak(defect: .keyedPhoneInJob) { spill in
            try await spill.services.store.schedule(
                .purge, key: "\(spill.message.id):\(spill.services.keys.hash("job", spill.phone))",
                tenant: spill.visit.tenant, due: spill.visit.end.addingTimeInterval(365 * 86_400))
        },
        // The rows are deleted properly; the log of the writes is never emptied.
        Leak(defect: .walLeftBehind) { spill in
            for phone in [spill.phone, nil] {
                try await spill.services.store.write {
                    try $0.execute(
                        sql: "UPDATE message SET phone = ? WHERE id = ?", arguments: [phone, spill.message.id])
                }
            }
        },
    ]
}
