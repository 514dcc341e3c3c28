// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Value

/// What a program, or a person with a browser, can make `assay mock` do.
@Suite struct MockControlTests {
    @Test(.enabled(if: MockProcess.hasCurl, "curl is not installed"))
    func `appointments are booked, moved and cancelled`() throws {
        let mock = try MockProcess()
        let place = "/-/worlds/" + (mock.world(0)["world"]?.string ?? "")
        let booked = try mock.send("POST", place + "/appointments", json: #"{"patient": "ben", "start": "2h"}"#)
        #expect(booked.status == 201)
        let alias = try #require(booked.json["appointment"]?.string)
        let moved = try mock.send(
            "POST", place + "/appointments/\(alias)/move", json: #"{"start": "2030-01-02T03:04:05Z"}"#)
        #expect(moved.json["start"] == "2030-01-02T03:04:05Z")
        let cancelled = try mock.send("POST", place + "/appointments/\(alias)/cancel")
        #expect(cancelled.json["status"] == "cancelled")
        let listed = try mock.send("GET", place + "/appointments").json["appointments"]?.array ?? []
        #expect(listed.contains { $0["appointment"]?.string == alias && $0["status"] == "cancelled" })
        for (body, status) in [
            (#"{"patient": "nobody"}"#, 409), (#"{"patient": "dr-ruiz"}"#, 409), (#"{"start": "1h"}"#, 422),
            (#"{"patient": "ben", "start": "soon"}"#, 422), (#"{"patient": "ben", "colour": "red"}"#, 422), ("[", 400),
        ] {
            let refused = try mock.send("POST", place + "/appointments", json: body)
            #expect(refused.status == status, "\(body)")
            #expect(refused.json["error"]?["remedy"]?.string?.isEmpty == false)
        }
    }

    @Test(.enabled(if: MockProcess.hasCurl, "curl is not installed")) func `a fault strikes, and the exchange says so`()
        throws
    {
        let mock = try MockProcess()
        let world = mock.world(1)
        let base = try #require(world["ehr"]?["fhir-base"]?.string)
        let armed = try mock.send(
            "POST", "/-/faults",
            json:
                #"{"world": "\#(world["world"]?.string ?? "")", "place": "ehr", "path": "/metadata", "status": 503, "retry-after": 3}"#
        )
        #expect(armed.status == 201)
        #expect(try mock.send("GET", "/-/faults").json["faults"]?.array?.count == 1)
        #expect(try mock.send("GET", base + "/metadata").status == 503)
        #expect(try mock.send("GET", base + "/metadata").status == 200)
        #expect(try mock.send("GET", "/-/faults").json["faults"]?.array?.isEmpty == true)
        let exchanges = try mock.send("GET", "/-/exchanges").json["exchanges"]?.array ?? []
        #expect(exchanges.map { $0["fault"]?.string } == ["status", nil])
        let id = try #require(exchanges.first?["exchange"]?.string)
        let full = try mock.send("GET", "/-/exchanges/" + id).json
        #expect(full["events"]?.array?.contains { $0["kind"] == "fault.struck" } == true)
        let nonsense = try mock.send("POST", "/-/faults", json: #"{"place": "ehr", "status": 503, "drop": true}"#)
        #expect(nonsense.status == 422)
    }

    @Test(.enabled(if: MockProcess.hasCurl, "curl is not installed"))
    func `each effect is armed by hand, and strikes`() throws {
        let mock = try MockProcess(["--vendor", "epic"])
        let metadata = try #require(mock.world(0)["ehr"]?["fhir-base"]?.string) + "/metadata"
        // Whether curl has an answer to show, and which status.
        let effects: [(written: String, word: String, status: Int?)] = [
            (#""status": 429, "retry-after": 1"#, "status", 429),
            (#""status": 429, "retry-after": 1, "retry-after-date": true"#, "status", 429),
            (#""latency": "1ms""#, "latency", 200), (#""delay": "uniform 1ms 2ms""#, "latency", 200),
            (#""drip": 900000"#, "drip", 200), (#""drop": true"#, "drop", nil),
            (#""drop": true, "after-work": true"#, "drop", nil), (#""hang-up": true"#, "hang-up", 200),
            (#""reset": true"#, "reset", nil), (#""truncate": 5"#, "truncate", nil),
            (#""bad-chunks": true"#, "bad-chunks", nil), (#""duplicate": true"#, "duplicate", 200),
            (#""reorder": "1ms""#, "reorder", 200), (#""malformed": true"#, "malformed-body", 200),
            (#""locked": true"#, "status", 400), (#""redirect": "http://127.0.0.1:9/""#, "redirect", 302),
            (#""timeout": "1ms""#, "timeout", nil), (#""content-type": "text/html""#, "content-type", 200),
            (#""oversize": 1000"#, "oversize", 200), (#""skew": "-10m""#, "skew", 200),
            (#""revoked-token": true"#, "revoked-token", 200), (#""issue": 4118"#, "issue", 200),
        ]
        for (written, word, status) in effects {
            let armed = try mock.send("POST", "/-/faults", json: #"{"place": "ehr", \#(written)}"#)
            #expect(armed.status == 201, "\(written)")
            #expect((try? mock.send("GET", metadata).status) == status, "\(written)")
            let last = try mock.send("GET", "/-/exchanges?limit=1").json["exchanges"]?[0]
            #expect(last?["fault"]?.string == word, "\(written): \(last?.json() ?? "no exchange")")
        }
        for (written, place) in [(#""aadsts": 50076"#, "entra"), (#""tls": "expired""#, "ehr")] {
            let armed = try mock.send("POST", "/-/faults", json: #"{"place": "\#(place)", \#(written)}"#)
            #expect(armed.status == 201, "\(written)")
        }
        for wrong in [#""aadsts": 50076"#, #""issue": 1"#, #""tls": "slow""#, #""skew": "soon""#] {
            #expect(try mock.send("POST", "/-/faults", json: #"{"place": "ehr", \#(wrong)}"#).status == 422, "\(wrong)")
        }
        #expect(
            try mock.send("POST", "/-/faults", json: #"{"place": "writeback", "path": "/x", "drop": true}"#).status
                == 422)
        _ = try mock.send("POST", "/-/faults", json: #"{"place": "writeback", "status": 503}"#)
        let writeback = try #require(mock.world(0)["ehr"]?["writeback"]?.string)
        #expect(try mock.send("GET", metadata).status == 200)
        #expect(try mock.send("GET", writeback).status == 503)
    }

    @Test(.enabled(if: MockProcess.hasCurl, "curl is not installed"))
    func `faults strike at each of Microsoft's boundaries`() throws {
        let mock = try MockProcess(["--vendor", "cerner"])
        let world = mock.world(0)
        let origin = try #require(mock.ready["microsoft"]?.string)
        let places = [
            ("entra", try #require(world["microsoft"]?["openid-configuration"]?.string)),
            ("graph", try #require(world["microsoft"]?["graph"]?.string) + "/organization"),
            ("sms", try #require(world["sms"]?["endpoint"]?.string) + "/phoneNumbers?api-version=2022-12-01"),
            ("teams", origin + "/l/meetup-join/19%3ameeting_x%40thread.v2/0"),
        ]
        for (place, url) in places {
            for (written, word) in [
                (#""status": 429, "retry-after": 1"#, "status"), (#""drop": true, "after-work": true"#, "drop"),
                (#""bad-chunks": true"#, "bad-chunks"), (#""malformed": true"#, "malformed-body"),
                (#""oversize": 1000"#, "oversize"), (#""skew": "-10m""#, "skew"),
            ] {
                let armed = try mock.send("POST", "/-/faults", json: #"{"place": "\#(place)", \#(written)}"#)
                #expect(armed.status == 201, "\(place) \(written)")
                _ = try? mock.send("GET", url)
                let last = try mock.send("GET", "/-/exchanges?limit=1").json["exchanges"]?[0]
                #expect(last?["fault"]?.string == word, "\(place) \(written): \(last?.json() ?? "no exchange")")
            }
        }
    }

    @Test(.enabled(if: MockProcess.hasCurl, "curl is not installed"))
    func `an appointment can be made special`() throws {
        let mock = try MockProcess(["--vendor", "cerner"])
        let place = "/-/worlds/\(mock.world(0)["world"]?.string ?? "")/appointments/visit/condition"
        #expect(try mock.send("POST", place, json: #"{"condition": "locked"}"#).status == 200)
        let panel = try mock.send("GET", "/-/ui/\(mock.world(0)["world"]?.string ?? "")/panel").text
        #expect(panel.contains("<option value=\"locked\" selected>"))
        #expect(try mock.send("POST", place, json: #"{"condition": "odd"}"#).status == 422)
    }

    @Test(.enabled(if: MockProcess.hasCurl, "curl is not installed"))
    func `what breaks a rule is a finding, and a strict mock refuses it`() throws {
        for options in [[], ["--strict"]] {
            let mock = try MockProcess(["--vendor", "cerner"] + options)
            let authorize = try #require(mock.world(0)["ehr"]?["authorize"]?.string)
            // No state: RFC 6749 section 10.12, and SMART demands it.
            let client = mock.world(0)["ehr"]?["client"]?["id"]?.string ?? ""
            let base = mock.world(0)["ehr"]?["fhir-base"]?.string ?? ""
            let answer = try mock.send(
                "GET",
                "\(authorize)?response_type=code&client_id=\(client)&redirect_uri=http://localhost:8080/callback"
                    + "&scope=openid&aud=\(base)")
            let findings = try mock.send("GET", "/-/findings").json["findings"]?.array ?? []
            #expect(findings.contains { $0["rule"] == "protocol.smart-state-present" })
            #expect(answer.json["error"] == (options.isEmpty ? nil : "refused by a strict mock"))
        }
    }

    @Test(.enabled(if: MockProcess.hasCurl, "curl is not installed"))
    func `clock, people, tokens, numbers and messages answer`() throws {
        let mock = try MockProcess(["--vendor", "cerner"])
        let place = "/-/worlds/" + (mock.world(0)["world"]?.string ?? "")
        let before = try #require(try mock.send("GET", place).json["now"]?.string)
        let after = try #require(
            try mock.send("POST", place + "/clock", json: #"{"advance": "3h"}"#).json["now"]?.string)
        #expect(after > before)
        #expect(try mock.send("POST", place + "/clock", json: #"{"to": "2001-01-01T00:00:00Z"}"#).status == 409)
        #expect(try mock.send("POST", place + "/people/ann", json: #"{"phone": "+12025550143"}"#).status == 200)
        #expect(try mock.send("POST", place + "/people/nobody", json: #"{"phone": "none"}"#).status == 404)
        #expect(try mock.send("POST", place + "/tokens", json: #"{"do": "revoke"}"#).json["done"] == "revoke")
        let anew = try mock.send("POST", place + "/tokens", json: #"{"do": "register-anew", "after": "15m"}"#)
        #expect(anew.json["done"] == "register-anew")
        #expect(
            try mock.send("POST", place + "/tokens", json: #"{"do": "register-anew", "after": "soon"}"#).status == 422)
        #expect(try mock.send("POST", place + "/numbers", json: "{}").status == 201)
        #expect(try mock.send("GET", place + "/numbers").json["numbers"]?.array?.count == 2)
        #expect(try mock.send("POST", place + "/messages", json: #"{"from": "ann", "text": "STOP"}"#).status == 201)
        #expect(try mock.send("GET", place + "/messages").json["messages"]?[0]?["text"] == "STOP")
        #expect(try mock.send("GET", place + "/lobby").json["people"] == [])
        #expect(try mock.send("POST", place + "/lobby/ann/admit", json: #"{"by": "dr-ruiz"}"#).status == 409)
    }

    @Test(.enabled(if: MockProcess.hasCurl, "curl is not installed"))
    func `a guest who came by the join link is seen in the lobby and let in`() throws {
        let mock = try MockProcess(["--vendor", "cerner"])
        let world = mock.world(0)
        let lobby = "/-/worlds/\(world["world"]?.string ?? "")/lobby"
        #expect(try mock.send("POST", lobby, json: #"{"person": "dr-ruiz"}"#).status == 409, "there is no meeting yet")

        let client = world["microsoft"]?["client"]
        let token = try mock.send(
            "POST", world["microsoft"]?["token"]?.string ?? "",
            form: [
                "grant_type": "client_credentials", "client_id": client?["id"]?.string ?? "",
                "client_secret": client?["secret"]?.string ?? "", "scope": "https://graph.microsoft.com/.default",
            ])
        let doctor = world["people"]?.array?.first { $0["alias"] == "dr-ruiz" }
        let created = try mock.send(
            "POST",
            "\(world["microsoft"]?["graph"]?.string ?? "")/users/\(doctor?["microsoft"]?["object-id"]?.string ?? "")/onlineMeetings",
            json: #"{"subject": "Visit", "lobbyBypassSettings": {"scope": "organizer"}}"#,
            headers: ["Authorization": "Bearer " + (token.json["access_token"]?.string ?? "")])
        let address = try #require(created.json["joinWebUrl"]?.string, "\(created.text)")

        #expect(try mock.send("POST", address, form: ["name": "Zoë <Guest>"]).status == 200)
        let waiting = try mock.send("GET", lobby).json["people"]?[0]
        #expect(waiting?["name"] == "Zoë <Guest>" && waiting?["role"] == "guest" && waiting?["in-lobby"] == true)
        let guest = try #require(waiting?["person"]?.string)
        #expect(
            try mock.send("POST", lobby + "/\(guest)/admit", json: #"{"by": "dr-ruiz"}"#).status == 409,
            "the host is not there")
        let page = "/-/ui/\(world["world"]?.string ?? "")/lobby"
        #expect(try mock.send("GET", page).text.contains("Zoë &lt;Guest&gt;"))

        let joined = try mock.send("POST", lobby, json: #"{"person": "dr-ruiz"}"#)
        #expect(joined.status == 201, "\(joined.text)")
        #expect(joined.json["people"]?[1]?["may-admit"] == true)
        #expect(try mock.send("POST", lobby, json: #"{"person": "nobody"}"#).status == 409)
        #expect(try mock.send("GET", page).text.contains("Let in by"))
        let after = try mock.send("POST", lobby + "/\(guest)/admit", json: #"{"by": "dr-ruiz"}"#)
        #expect(after.json["people"]?.array?.map { $0["in-lobby"] } == [false, false])
        #expect(try mock.send("POST", lobby + "/\(guest)/end").status == 409, "a guest may not")
        #expect(try mock.send("POST", lobby + "/\(guest)/leave").json["people"]?.array?.count == 1)
        #expect(try mock.send("POST", lobby + "/dr-ruiz/end").json["people"] == [])
    }

    @Test(.enabled(if: MockProcess.hasCurl, "curl is not installed")) func `worlds open and close while it runs`()
        throws
    {
        let mock = try MockProcess(["--vendor", "epic"])
        let opened = try mock.send("POST", "/-/worlds", json: #"{"vendor": "cerner", "count": 3}"#)
        #expect(opened.status == 201)
        let base = try #require(opened.json["worlds"]?[2]?["ehr"]?["fhir-base"]?.string)
        #expect(try mock.send("GET", base + "/metadata").status == 200)
        #expect(try mock.send("GET", "/-/worlds").json["worlds"]?.array?.count == 4)
        let id = opened.json["worlds"]?[2]?["world"]?.string ?? ""
        #expect(try mock.send("DELETE", "/-/worlds/" + id).status == 204)
        #expect(try mock.send("GET", "/-/worlds/" + id).status == 404)
        #expect(try mock.send("PUT", "/-/worlds").status == 405)
        #expect(try mock.send("GET", "/-/nothing").status == 404)
    }

    @Test(.enabled(if: MockProcess.hasCurl, "curl is not installed"))
    func `a browser is not talked into it by another page`() throws {
        let mock = try MockProcess(["--vendor", "epic"])
        let foreign = try mock.send(
            "POST", "/-/worlds", json: #"{"vendor": "epic"}"#, headers: ["Origin": "https://elsewhere.example.net"])
        #expect(foreign.status == 403)
        let own = try mock.send(
            "POST", "/-/worlds", form: ["vendor": "epic", "back": "/"], headers: ["Origin": mock.ehr])
        #expect(own.status == 303)
        #expect(own.address == mock.ehr + "/?done=openWorlds")
        // By this policy a browser says which origin a form comes from; by `no-referrer` it says `null`.
        try AssayProgram.inFolder { folder in
            let headers = folder.appending(path: "headers")
            #expect(try mock.send("GET", "/", options: ["-D", headers.path]).status == 200)
            let text = try String(contentsOf: headers, encoding: .utf8).lowercased()
            #expect(text.contains("referrer-policy: same-origin"), "\(text)")
        }
    }

    @Test(.enabled(if: MockProcess.hasCurl, "curl is not installed"))
    func `every page is there and loads nothing from elsewhere`() throws {
        let mock = try MockProcess(["--launch-url", "http://localhost:9/launch"])
        let own = ["board", "inbox", "lobby", "numbers", "exchanges", "panel"]
        var pages = ["/", "/-/ui/exchanges"]
        for index in 0...1 {
            pages += own.map { "/-/ui/\(mock.world(index)["world"]?.string ?? "")/\($0)" }
        }
        for page in pages {
            let answer = try mock.send("GET", page)
            #expect(answer.status == 200, "\(page)")
            #expect(answer.type.hasPrefix("text/html"))
            #expect(answer.text.contains("<h1>"))
            #expect(answer.text.contains("lang=\"en\""))
            #expect(!answer.text.contains("{{"))
            for reference in answer.text.matches(of: /(?:src|href)="([^"]+)"/).map(\.1) where !reference.hasPrefix("/")
            {
                #expect(
                    reference.hasPrefix("#") || reference.hasPrefix(mock.ehr) || reference == "panel", "\(reference)")
            }
            // Each input has a label around it, or says what it is itself.
            for input in answer.text.matches(of: /<(?:input|select)([^>]*)>/) where !input.1.contains("hidden") {
                let before = answer.text[..<input.range.lowerBound]
                let opened = before.ranges(of: "<label").count
                let closed = before.ranges(of: "</label>").count
                #expect(opened > closed || input.1.contains("aria-label"), "\(page): \(input.0)")
            }
        }
        for (file, type) in [
            ("/-/style.css", "text/css"), ("/-/live.js", "text/javascript"), ("/favicon.ico", "image/svg+xml"),
        ] {
            #expect(try mock.send("GET", file).type.hasPrefix(type))
        }
    }

    @Test(.enabled(if: MockProcess.hasCurl, "curl is not installed"))
    func `the vendors' own pages offer the visit to who is signed in`() throws {
        let mock = try MockProcess(["--launch-url", "http://localhost:9/launch"])
        for (index, entry, alias, button) in [
            (0, "powerchart", "dr-ruiz", "Microsoft Teams"), (1, "hyperspace", "dr-ruiz", "Begin virtual visit"),
            (1, "haiku", "dr-ruiz", "Begin virtual visit"), (1, "canto", "dr-ruiz", "Begin virtual visit"),
            (1, "mychart", "ann", "Begin virtual visit"),
        ] {
            let world = mock.world(index)
            let page = try #require(world["ehr"]?["pages"]?.array?.compactMap(\.string).first { $0.hasSuffix(entry) })
            let person = try #require(world["people"]?.array?.first { $0["alias"]?.string == alias })
            let path = URL(string: page)?.path ?? ""
            let signIn = String(page.dropLast(entry.count)) + "sign-in"
            let answer = try AssayProgram.inFolder { folder in
                let jar = folder.appending(path: "jar").path
                let signedIn = try mock.send(
                    "POST", signIn,
                    form: [
                        "username": person["ehr"]?["user"]?.string ?? "",
                        "password": person["ehr"]?["password"]?.string ?? "", "return": path,
                    ], options: ["-c", jar])
                #expect(signedIn.status == 303)
                return try mock.send("GET", page, options: ["-b", jar])
            }
            #expect(answer.status == 200)
            #expect(answer.text.contains("class=\"vendor \(entry)"))
            #expect(answer.text.contains(button))
            #expect(answer.text.contains("class=\"launch button\""))
        }
    }

    @Test(.enabled(if: MockProcess.hasCurl, "curl is not installed")) func `what happens is streamed`() async throws {
        let mock = try MockProcess(["--vendor", "cerner"])
        let world = mock.world(0)["world"]?.string ?? ""
        let curl = Process()
        curl.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        curl.arguments = ["curl", "-sN", "-m", "60", mock.ehr + "/-/stream?world=" + world]
        let output = Pipe()
        curl.standardOutput = output
        try curl.run()
        defer { curl.terminate() }
        var text = ""
        func read(until word: String) {
            while !text.contains(word) {
                let piece = output.fileHandleForReading.availableData
                if piece.isEmpty { return }
                text += String(decoding: piece, as: UTF8.self)
            }
        }
        read(until: "retry:")
        _ = try mock.send("POST", "/-/worlds/\(world)/appointments/visit/cancel")
        read(until: "appointment.cancelled")
        #expect(text.contains("event: status"))
        #expect(text.contains("\"appointment\":\"visit\""))
    }
}
