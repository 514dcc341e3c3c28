// SPDX-License-Identifier: Apache-2.0

/// What happens while a run goes on, for whoever shows it.
package enum RunProgress: Sendable {
    case preparing(String)
    case planned(scenarios: Int)
    case started(scenario: String)
    /// A step begins: who must act now, or what is waited for.
    case step(scenario: String, text: String)
    case finished(scenario: String, outcome: String, done: Int, of: Int)
    case judging
}
