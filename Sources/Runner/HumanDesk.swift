// SPDX-License-Identifier: Apache-2.0

package import Value

/// What a person at the terminal is asked to do.
package struct HumanQuestion: Sendable {
    package let operation: String
    /// The person of the world they play.
    package let actor: String
    /// The deployment's words.
    package let text: String
    /// User names and passwords by provider: synthetic.
    package let accounts: [(provider: String, user: String, password: String)]
    /// Names of the values to be typed in.
    package let values: [String]
    package let within: Duration
}

/// What they said.
package struct HumanAnswer: Sendable {
    package enum Outcome: String, Sendable, CaseIterable { case accepted, refused, failed }

    package let outcome: Outcome
    package let message: String
    package let values: Members

    package init(outcome: Outcome, message: String = "", values: Members = Members()) {
        self.outcome = outcome
        self.message = message
        self.values = values
    }
}

/// Asks people, one question at a time.
package protocol HumanDesk: Sendable {
    /// Nil where nobody answered within the question's time, or nobody is there.
    func ask(_ question: HumanQuestion) async -> HumanAnswer?
}
