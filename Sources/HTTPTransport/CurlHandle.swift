// SPDX-License-Identifier: Apache-2.0

internal import CCurl
internal import Foundation

/// One easy handle inside a multi handle of its own: connections are reused from request to request, and a blocking
/// transfer can be woken from another thread. Not Sendable: its owner runs it on one thread at a time.
final class CurlHandle {
    private let easy: UnsafeMutableRawPointer
    private let multi: UnsafeMutableRawPointer

    init() throws(HTTPError) {
        let failure = HTTPError(
            kind: .couldNotConnect, host: "", message: "libcurl could not be set up", remedy: "check the memory limit")
        guard CurlLibrary.isReady, let easy = curl_easy_init() else { throw failure }
        guard let multi = curl_multi_init() else {
            curl_easy_cleanup(easy)
            throw failure
        }
        self.easy = easy
        self.multi = multi
    }

    deinit {
        curl_easy_cleanup(easy)
        curl_multi_cleanup(multi)
    }

    /// Sends one request and blocks until its answer is complete, fails, or `signal` is raised.
    func perform(_ request: HTTPRequest, signal: AbortSignal) throws(HTTPError) -> HTTPResponse {
        let address = WebAddress(request.url)
        let host = address?.authority ?? request.url
        guard address != nil else {
            throw HTTPError(kind: .malformed, host: host, message: "this is no absolute http or https URL")
        }
        let exchange = CurlExchange(limit: request.maxResponseBytes)
        curl_easy_reset(easy)
        var lists = CurlLists()
        defer { lists.free() }
        try configure(request, host: host, exchange: exchange, lists: &lists)
        guard signal.attach(multi) else { throw HTTPError(kind: .aborted, host: host, message: "cancelled") }
        defer { signal.detach() }
        guard curl_multi_add_handle(multi, easy) == CURLM_OK else {
            throw HTTPError(kind: .malformed, host: host, message: "libcurl refused the transfer")
        }
        defer { curl_multi_remove_handle(multi, easy) }
        let code = withExtendedLifetime(exchange) { run(signal) }
        guard let code else { throw HTTPError(kind: .aborted, host: host, message: "cancelled") }
        if exchange.isTooLarge {
            throw HTTPError(
                kind: .tooLarge, host: host, message: "the answer is larger than \(request.maxResponseBytes) bytes")
        }
        guard code == 0 else { throw CurlFailure.error(code, host: host) }
        return response(exchange)
    }

    /// The result code, or nil when the signal was raised first.
    private func run(_ signal: AbortSignal) -> Int32? {
        var running: Int32 = 1
        while true {
            let state = curl_multi_perform(multi, &running)
            if signal.isRaised { return nil }
            let finished = assay_curl_finished(multi)
            if finished >= 0 { return finished }
            guard state == CURLM_OK, running > 0 else { return Int32(CURLE_RECV_ERROR.rawValue) }
            // Returns at once for traffic, timers and a wake-up of the signal.
            curl_multi_poll(multi, nil, 0, 10_000, nil)
        }
    }

    private func response(_ exchange: CurlExchange) -> HTTPResponse {
        var timings = Timings()
        func reached(_ info: CURLINFO) -> Duration { .microseconds(assay_curl_get_large(easy, info)) }
        timings.dns = reached(CURLINFO_NAMELOOKUP_TIME_T)
        timings.connect = reached(CURLINFO_CONNECT_TIME_T)
        timings.tls = reached(CURLINFO_APPCONNECT_TIME_T)
        timings.firstByte = reached(CURLINFO_STARTTRANSFER_TIME_T)
        timings.total = reached(CURLINFO_TOTAL_TIME_T)
        let version: String
        switch assay_curl_get_long(easy, CURLINFO_HTTP_VERSION) {
        case CURL_HTTP_VERSION_1_0: version = "1.0"
        case CURL_HTTP_VERSION_2_0: version = "2"
        case CURL_HTTP_VERSION_3: version = "3"
        default: version = "1.1"
        }
        return HTTPResponse(
            status: assay_curl_get_long(easy, CURLINFO_RESPONSE_CODE), headers: exchange.headers, body: exchange.body,
            httpVersion: version, timings: timings, localPort: assay_curl_get_long(easy, CURLINFO_LOCAL_PORT),
            certificate: certificate())
    }

    private func certificate() -> CertificateSummary? {
        var fields: [String: String] = [:]
        var item = assay_curl_get_leaf_certificate(easy)
        guard item != nil else { return nil }
        while let current = item {
            let line = String(cString: current.pointee.data)
            if let colon = line.firstIndex(of: ":") {
                fields[String(line[..<colon])] = String(line[line.index(after: colon)...])
            }
            item = current.pointee.next
        }
        return CertificateSummary(
            subject: fields["Subject"] ?? "", issuer: fields["Issuer"] ?? "", expires: fields["Expire date"] ?? "",
            pem: fields["Cert"] ?? "")
    }

    // MARK: Options

    private func configure(
        _ request: HTTPRequest, host: String, exchange: CurlExchange, lists: inout CurlLists
    ) throws(HTTPError) {
        try set(CURLOPT_URL, request.url, host)
        assay_curl_set_string(easy, CURLOPT_PROTOCOLS_STR, "http,https")
        assay_curl_set_long(easy, CURLOPT_NOSIGNAL, 1)
        assay_curl_set_long(easy, CURLOPT_FOLLOWLOCATION, 0)
        assay_curl_set_long(easy, CURLOPT_PATH_AS_IS, 1)
        assay_curl_set_long(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        assay_curl_set_long(easy, CURLOPT_CERTINFO, 1)
        let milliseconds = max(1, Int(request.timeout / .milliseconds(1)))
        assay_curl_set_long(easy, CURLOPT_TIMEOUT_MS, milliseconds)
        assay_curl_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, milliseconds)
        // An empty text switches the proxies of the environment off.
        try set(CURLOPT_PROXY, request.proxy ?? "", host)
        assay_curl_set_string(easy, CURLOPT_NOPROXY, "")
        switch request.trust {
        case .file(let path): try set(CURLOPT_CAINFO, path, host)
        case .pem(let bytes): bytes.withUnsafeBytes { _ = assay_curl_set_ca_pem(easy, $0.baseAddress, $0.count) }
        case nil: break
        }
        try configureBody(request, host)
        try configureHeaders(request, host, &lists)
        for entry in request.connectTo {
            lists.connectTo = curl_slist_append(lists.connectTo, "\(entry.from):\(entry.to)")
        }
        if let list = lists.connectTo { assay_curl_set_list(easy, CURLOPT_CONNECT_TO, list) }
        let context = Unmanaged.passUnretained(exchange).toOpaque()
        assay_curl_set_sink(easy, CURLOPT_HEADERFUNCTION, CurlExchange.takeHeader)
        assay_curl_set_pointer(easy, CURLOPT_HEADERDATA, context)
        assay_curl_set_sink(easy, CURLOPT_WRITEFUNCTION, CurlExchange.takeBody)
        assay_curl_set_pointer(easy, CURLOPT_WRITEDATA, context)
    }

    private func configureBody(_ request: HTTPRequest, _ host: String) throws(HTTPError) {
        let method = request.method
        guard !method.isEmpty, method.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw HTTPError(kind: .malformed, host: host, message: "\"\(method)\" is no HTTP method")
        }
        if let body = request.body ?? (method == "POST" ? Data() : nil) {
            assay_curl_set_long(easy, CURLOPT_POST, 1)
            assay_curl_set_large(easy, CURLOPT_POSTFIELDSIZE_LARGE, Int64(body.count))
            body.withUnsafeBytes { bytes in
                if let base = bytes.baseAddress {
                    _ = assay_curl_set_pointer(easy, CURLOPT_COPYPOSTFIELDS, base)
                } else {
                    _ = assay_curl_set_string(easy, CURLOPT_COPYPOSTFIELDS, "")
                }
            }
            if method != "POST" { try set(CURLOPT_CUSTOMREQUEST, method, host) }
        } else if method == "HEAD" {
            assay_curl_set_long(easy, CURLOPT_NOBODY, 1)
        } else {
            assay_curl_set_long(easy, CURLOPT_HTTPGET, 1)
            if method != "GET" { try set(CURLOPT_CUSTOMREQUEST, method, host) }
        }
    }

    private func configureHeaders(_ request: HTTPRequest, _ host: String, _ lists: inout CurlLists) throws(HTTPError) {
        for header in request.headers {
            let line = header.value.isEmpty ? "\(header.name);" : "\(header.name): \(header.value)"
            guard !header.name.isEmpty, !line.utf8.contains(where: { $0 < 0x20 && $0 != 0x09 }) else {
                throw HTTPError(
                    kind: .malformed, host: host, message: "the header \"\(header.name)\" holds a control character")
            }
            lists.headers = curl_slist_append(lists.headers, line)
        }
        // What libcurl adds of its own accord is not what was asked for.
        for name in ["Expect", "Content-Type", "Accept"] where request.headers[name] == nil {
            lists.headers = curl_slist_append(lists.headers, "\(name):")
        }
        if let list = lists.headers { assay_curl_set_list(easy, CURLOPT_HTTPHEADER, list) }
    }

    private func set(_ option: CURLoption, _ text: String, _ host: String) throws(HTTPError) {
        guard !text.utf8.contains(0), assay_curl_set_string(easy, option, text) == CURLE_OK else {
            throw HTTPError(kind: .malformed, host: host, message: "libcurl does not take \"\(text)\"")
        }
    }
}

/// libcurl's linked lists of one transfer.
private struct CurlLists {
    var headers: UnsafeMutablePointer<curl_slist>?
    var connectTo: UnsafeMutablePointer<curl_slist>?

    mutating func free() {
        curl_slist_free_all(headers)
        curl_slist_free_all(connectTo)
    }
}

/// libcurl's process-wide state.
enum CurlLibrary {
    /// Set up once, on first use, before any handle.
    static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK
}
