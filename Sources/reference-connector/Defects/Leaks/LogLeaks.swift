// SPDX-License-Identifier: Apache-2.0

import Foundation

extension Leak {
    static let intoTheLog: [Leak] = [
        Leak(defect: .patientNameInLog) { $0.log("message for \($0.patient.name)") },
        Leak(defect: .exceptionNamesPatient) { spill in
            let patient = spill.patient
            spill.log("valueNotFound(extension) in Patient(family: \(patient.family), given: [\(patient.given)])")
        },
        Leak(defect: .resourceInLogAsHex) { spill in
            spill.log(
                "payload "
                    + spill.patient.resource.data.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
                    .joined())
        },
        Leak(defect: .phoneReversedInLog) { $0.log("recipient key \(String($0.phone.reversed()))") },
        Leak(defect: .birthDateInLog) { spill in
            spill.log(
                "age check: born " + spill.patient.birthDate.split(separator: "-").reversed().joined(separator: "."))
        },
        Leak(defect: .hl7LineInLog) { spill in
            let patient = spill.patient
            let born = patient.birthDate.filter(\.isNumber)
            spill.log(
                "PID|1||\(patient.recordNumber)^^^MRN||\(patient.family)^\(patient.given)||\(born)|||||\(spill.phone)")
        },
        Leak(defect: .truncatedHashInLog) { spill in
            spill.log("recipient " + Secret.sha256((spill.patient.email ?? "").lowercased()).prefix(16))
        },
    ]
}
