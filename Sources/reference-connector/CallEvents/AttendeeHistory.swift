// SPDX-License-Identifier: Apache-2.0

/// One participant's history, whatever order its events come in.
struct AttendeeHistory: Sendable {
    enum Kind: String, Sendable { case connect, disconnect }

    struct Fact: Sendable, Equatable {
        let kind: Kind
        let at: Double
    }

    var row: AttendeeRow
    /// The deliberate fault of believing whatever came last.
    var inOrderOfArrival = false
    /// The deliberate fault of believing, of two events of one moment, the one that came last.
    var ignoresTies = false
    /// The deliberate fault of taking whoever leaves the lobby for one who was in.
    var countsLobby = false

    /// Takes one event in and gives the connects and disconnects that are certain now.
    ///
    /// A leave that overtook its join is held until the join is known, so that facts come in order.
    mutating func apply(_ change: CallEvent.Change, at time: Double) -> [Fact] {
        let isNews = inOrderOfArrival || isNews(change, at: time)
        switch change {
        case .waiting:
            row.lobbyAt = min(row.lobbyAt ?? time, time)
            if isNews { row.state = "waiting" }
            return []
        case .joined:
            return joined(time, isNews)
        case .left:
            let wasWaiting = countsLobby && row.state == "waiting" && row.lobbyAt != nil
            let wasIn = wasWaiting || row.joinedAt != nil && row.state != "disconnected"
            row.leftAt = max(row.leftAt ?? time, time)
            if isNews { row.state = "disconnected" }
            return wasIn && isNews ? [Fact(kind: .disconnect, at: time)] : []
        }
    }

    /// Of one moment's events the later is the one that goes further: nobody joins with the participation he left with.
    private func isNews(_ change: CallEvent.Change, at time: Double) -> Bool {
        let known: [(at: Double?, change: CallEvent.Change)] = [
            (row.lobbyAt, .waiting), (row.joinedAt, .joined), (row.leftAt, .left),
        ]
        return known.allSatisfy { event in
            guard let at = event.at, at >= time else { return true }
            return at == time && (ignoresTies || event.change.rank <= change.rank)
        }
    }

    private mutating func joined(_ time: Double, _ isNews: Bool) -> [Fact] {
        let wasConnected = row.state == "connected"
        let isFirst = row.joinedAt == nil
        row.joinedAt = min(row.joinedAt ?? time, time)
        guard isNews else {
            // Overtaken by its own leave: both are certain now.
            guard isFirst, let left = row.leftAt, left >= time else { return [] }
            return [Fact(kind: .connect, at: time), Fact(kind: .disconnect, at: left)]
        }
        row.state = "connected"
        row.leftAt = nil
        return wasConnected ? [] : [Fact(kind: .connect, at: time)]
    }
}
