// SPDX-License-Identifier: Apache-2.0

/// The version of this suite, as sealed into traces and results.
enum SuiteVersion {
    static let text = "0.1.0"
}
