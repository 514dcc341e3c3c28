// SPDX-License-Identifier: Apache-2.0

internal import Connector
internal import ScenarioLanguage
internal import Trace

/// What a deployment lets be seen, and what must be assumed where it cannot be known.
enum DeploymentSight {
    /// Kinds of events that nobody can see in it.
    static func unobserved(_ deployment: Deployment) -> Set<String> {
        let channels = deployment.seenChannels
        var parties: Set<Party> = []
        if case .none = channels.sms { parties.insert(.sms) }
        if deployment.mocks.isMicrosoftReal {
            parties.formUnion([.entra, .graph, .teams])
            // Azure's gateway is Microsoft's too, and so is Graph.
            switch channels.sms {
            case .azure, .graph: parties.insert(.sms)
            case .sink, .none: break
            }
        }
        var kinds = Set(EventVocabulary.types.filter { parties.contains($0.emitter) }.map(\.kind))
        if case .none = channels.writeback { kinds.insert("writeback.received") }
        return kinds
    }

    /// Fields of events that the deployment's channels do not carry, as `kind.field`.
    static func uncarried(_ deployment: Deployment) -> Set<String> {
        guard let mapping = deployment.seenChannels.writeback.mapping, mapping.role == nil else { return [] }
        return ["writeback.received.user-type"]
    }

    /// Channels on which others do what some checks would judge.
    static func channels(_ deployment: Deployment) -> Set<Channel> {
        if case .graph = deployment.seenChannels.sms { [.graphTexts] } else { [] }
    }

    /// In sentences, for the report.
    static func conditions(_ deployment: Deployment) -> [String] {
        var conditions: [String] = []
        let channels = deployment.seenChannels
        let clock = deployment.clock
        if clock.mode == .real {
            let longest = DurationText.format(clock.longestWait)
            conditions.append("The connector's clock is real: steps that take longer than \(longest) are inconclusive.")
            if clock.settle == nil {
                conditions.append("No settle window is declared: no window of silence could be closed.")
            }
        }
        if let settle = clock.settle {
            conditions.append(
                "The clock gives no word of rest: silence was believed after \(DurationText.format(settle)) (clock.settle)."
            )
        }
        if deployment.worlds.mode != .fresh {
            let reset = deployment.worlds.reset.map { "each emptied by \($0) before its use" } ?? "never emptied"
            conditions.append(
                "\(deployment.worlds.tenants.count) tenants were set up in advance (\(deployment.worlds.mode.rawValue)), \(reset)."
            )
        }
        if !deployment.ownServices.isEmpty {
            let hosts = deployment.ownServices.joined(separator: ", ")
            conditions.append("The connector may reach services of its own: \(hosts).")
        }
        switch channels.writeback {
        case .webService: break
        case .mapped(let mapping):
            let role = mapping.role == nil ? ", which carries no role of attendees" : ""
            conditions.append(
                "Writeback came over a channel of the connector's own (\(mapping.endpoint.method) \(mapping.endpoint.path.text))\(role)."
            )
        case .none: conditions.append("Writeback could not be seen.")
        }
        switch channels.sms {
        case .azure, .sink: break
        case .graph:
            conditions.append(
                "Text messages went through Microsoft Graph: what they say, their sender, their link's pages and people's answers to them are Microsoft's."
            )
        case .none: conditions.append("Text messages could not be seen.")
        }
        if deployment.mocks.isMicrosoftReal { conditions.append("Microsoft was real: its side could not be seen.") }
        if deployment.evidence.isEmpty { conditions.append("No evidence at rest was declared.") }
        return conditions
    }
}
