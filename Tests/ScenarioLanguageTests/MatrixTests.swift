// SPDX-License-Identifier: Apache-2.0

import ScenarioLanguage
import SourceText
import Testing

@Suite struct MatrixTests {
    private static let text = """
        id: greeting
        title: A greeting
        profiles: [cerner-2022-06, epic-2021-11]
        verifies: {SMS-06: [greeted, slowed], WBK-01: [written]}
        matrix:
          vendor: [cerner, epic]
          locale: [en-US, es-ES]
          fault:
            none: {times: 1, status: 503}
            throttled: {times: 2, status: 429}
          except: [{vendor: epic, fault: throttled}]
        world:
          organization: {ehr: $(matrix.vendor)}
          people: {ann: {role: patient, locale: $(matrix.locale)}, dr-ruiz: provider}
          appointments: {visit: {patient: ann, provider: dr-ruiz, starts: +1h}}
        steps:
          - set: {fault: {place: sms, status: $(matrix.fault.status), times: $(matrix.fault.times)}}
            when: {fault: throttled}
          - ehr books: visit
          - expect: sms.sent
            to: ann
            text: {contains: "hello $(matrix.locale)"}
            as: greeted
          - expect: fault.struck
            when: {fault: {not: none}}
            as: slowed
          - expect: writeback.received
            when: {vendor: epic}
            as: written
        """

    @Test func `each cell is a scenario of its own`() throws {
        let loaded = Fixture.load(Self.text)
        #expect(loaded.rendered == "")
        #expect(
            loaded.scenarios.map(\.id) == [
                "greeting[cerner,en-US,none]", "greeting[cerner,en-US,throttled]", "greeting[cerner,es-ES,none]",
                "greeting[cerner,es-ES,throttled]", "greeting[epic,en-US,none]", "greeting[epic,es-ES,none]",
            ])
        let slowed = try #require(loaded.scenarios.dropFirst().first)
        #expect(slowed.steps.count == 4)
        #expect(slowed.profiles == ["cerner-2022-06"])
        #expect(slowed.verifies == [Verification(requirement: "SMS-06", checks: ["greeted", "slowed"])])
        #expect(slowed.family == "greeting")
        #expect(slowed.title == "A greeting (cerner,en-US,throttled)")
        let epic = try #require(loaded.scenarios.last)
        #expect(epic.world.people.first?.locale == "es-ES")
        #expect(epic.verifies.map(\.requirement) == ["SMS-06", "WBK-01"])
        guard case .expect(let greeting) = epic.steps[1].action else { return #expect(Bool(false)) }
        #expect(greeting.pattern.text == "sms.sent to: ann text: {contains: hello es-ES}")
    }

    @Test func `a cell is called by its id or by that of its file`() throws {
        let scenario = try #require(Fixture.load(Self.text).scenarios.first)
        #expect(scenario.isCalled("greeting"))
        #expect(scenario.isCalled("greeting[cerner,en-US,none]"))
        #expect(!scenario.isCalled("greeting[cerner,es-ES,none]"))
    }

    private static func codes(_ old: String, _ new: String) -> [String] {
        Fixture.load(text.replacing(old, with: new)).diagnostics.map(\.code)
    }

    @Test func `a mistake is told once, and where only some cells have it, with their names`() {
        #expect(Self.codes("to: ann\n", "to: anna\n") == ["unknown-person"])
        let loaded = Fixture.load(Self.text.replacing("times: 2, status: 429", with: "times: 2, status: many"))
        #expect(loaded.diagnostics.count == 1)
        #expect(loaded.diagnostics[0].message.contains("(in the cells `cerner,en-US,throttled`"))
        #expect(loaded.scenarios.isEmpty)
    }

    @Test func `checks and requirements no cell has any use for are mistakes`() {
        #expect(Self.codes("[greeted, slowed]", "[greeted, slowed, nothing]") == ["unknown-check"])
        #expect(Self.codes("epic]\n", "cerner]\n").contains("duplicate-name"))
        #expect(Self.codes("when: {vendor: epic}", "when: {vendor: cerner}").contains("idle-check"))
    }

    @Test func `axes, their values and their parts are known by name`() {
        #expect(Self.codes("$(matrix.locale)}", "$(matrix.local)}").first == "unknown-axis")
        #expect(Self.codes("$(matrix.fault.times)", "$(matrix.fault.time)").first == "unknown-reference")
        #expect(Self.codes("when: {fault: throttled}", "when: {fault: throtled}").first == "unknown-word")
        #expect(Self.codes("when: {fault: throttled}", "when: {faults: throttled}").first == "unknown-parameter")
        #expect(Self.codes("except: [{vendor: epic", "except: [{vendor: apic").first == "unknown-word")
    }

    @Test func `an axis nothing depends on is a mistake`() {
        #expect(Self.codes("  except:", "  size: [small, large]\n  except:") == ["unused-axis"])
    }

    @Test func `a matrix of too many cells is refused`() {
        let words = (0..<30).map { "v\($0)" }.joined(separator: ", ")
        #expect(Self.codes("  except:", "  a: [\(words)]\n  b: [\(words)]\n  except:") == ["too-many-cells"])
    }
}
