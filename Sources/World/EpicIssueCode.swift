// SPDX-License-Identifier: Apache-2.0

/// The numbers of the issues that Epic's FHIR server states (wire-protocols 5.4.4); the mock holds what each says.
package enum EpicIssueCode {
    package static let all = [
        4100, 4101, 4102, 4103, 4104, 4107, 4110, 4111, 4112, 4113, 4115, 4118, 4119, 4122, 4127, 4130, 4131, 4134,
        4135,
        40000, 59100, 59101, 59102, 59105, 59108, 59109, 59111, 59133, 59134, 59141, 59144, 59159, 59177, 59187, 59188,
        59189, 59204,
    ]
}
