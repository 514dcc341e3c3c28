// SPDX-License-Identifier: Apache-2.0

internal import Connector
internal import MockEHR
internal import MockKit
internal import Trace
internal import Value

/// Lets the EHR take attendance over a connector's own channel, as a deployment maps it.
struct WritebackReader: MappedWriteback {
    let mapping: WritebackMapping

    var faults: WritebackFaults {
        let endpoint = mapping.endpoint
        let body = mapping.locked.body.flatMap { try? $0.resolved(["record": "", "appointment": ""]).json() }
        return WritebackFaults(
            place: FaultPlace(party: .ehr, method: endpoint.method, path: endpoint.path.pattern),
            locked: .status(mapping.locked.status, body: body))
    }

    func read(_ request: MockRequest) -> WritebackReading? {
        guard let segments = mapping.endpoint.segments(of: request) else { return nil }
        let notice: Result<WritebackNotice, WritebackRefusal>
        do throws(UnfitRequest) {
            try mapping.endpoint.admit(request)
            notice = .success(try self.notice(in: request, segments))
        } catch {
            // What is wrong with the notice itself is refused in the channel's own way.
            notice = .failure(
                WritebackRefusal(status: error.status == 400 ? nil : error.status, reason: error.reason))
        }
        return WritebackReading(tenant: segments["tenant"], notice: notice)
    }

    private func notice(
        in request: MockRequest, _ segments: [String: String]
    ) throws(UnfitRequest) -> WritebackNotice {
        let values = mapping.values
        let word = try mapping.state.read(in: request, segments: segments)
        let statuses = [values.connected: "connected", values.disconnected: "disconnected"]
        let roles = [values.provider: "provider", values.patient: "patient"]
        let role = mapping.role.flatMap { try? $0.read(in: request, segments: segments) }
        return WritebackNotice(
            appointment: try mapping.appointment.read(in: request, segments: segments),
            // Who has no id in this EHR may go without.
            user: (try? mapping.user.read(in: request, segments: segments)) ?? "",
            role: role.map { roles[$0] ?? $0 }, status: statuses[word], word: word)
    }

    func answer(_ verdict: WritebackVerdict) -> MockResponse {
        switch verdict {
        case .accepted(let record, let appointment):
            return mapping.accepted.response(["record": record, "appointment": appointment], by: .ehr)
        case .refused(let refusal):
            guard let status = refusal.status else {
                return mapping.refused.response(["record": "", "appointment": ""], by: .ehr)
            }
            return .json(["error": .string(refusal.reason)], status: status, world: nil, party: .ehr)
        }
    }
}
