// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import Foundation

/// The report's one style sheet. It stands in the page; the page's policy allows it by its hash and nothing else.
enum ReportStyle {
    static let css: StaticString = """
        :root{color-scheme:light dark;--bg:#fbfbfa;--card:#fff;--ink:#1d2125;--soft:#5b646d;--line:#d9dde1;--pass:#1a7f37;\
        --fail:#c1121f;--warn:#8a5a00;--open:#6a4fb3;--na:#6b747d;--failbg:#fdecec;--code:#f1f3f4;--arrow:#2b6cb0}
        @media (prefers-color-scheme:dark){:root{--bg:#15181b;--card:#1d2125;--ink:#e6e8ea;--soft:#9aa4ad;--line:#343b42;\
        --pass:#4cc26a;--fail:#ff7b7b;--warn:#e0a84a;--open:#b39df0;--na:#8b949d;--failbg:#3a1f22;--code:#262b30;--arrow:#7db3ee}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,"Segoe UI","Noto Sans",sans-serif}
        main,header,footer{max-width:76rem;margin:0 auto;padding:0 1.25rem}
        header{padding-top:1.5rem}
        h1{font-size:1.5rem;margin:0 0 .5rem}h2{font-size:1.2rem;margin:2.2rem 0 .7rem;border-bottom:1px solid var(--line);padding-bottom:.25rem}
        h3{font-size:1rem;margin:1rem 0 .4rem}
        a{color:var(--arrow)}a:focus-visible,summary:focus-visible{outline:2px solid var(--arrow);outline-offset:2px}
        code,pre,.mono{font-family:ui-monospace,"Cascadia Mono","DejaVu Sans Mono",monospace;font-size:.86em}
        pre{background:var(--code);border-radius:6px;padding:.6rem .75rem;margin:.3rem 0;overflow:auto;white-space:pre-wrap;overflow-wrap:anywhere;max-height:28rem}
        .verdict{display:flex;flex-wrap:wrap;gap:.4rem 1rem;align-items:baseline;padding:.9rem 1.1rem;border:1px solid var(--line);\
        border-left:8px solid var(--na);border-radius:8px;background:var(--card)}
        .verdict strong{font-size:1.5rem}.verdict.pass{border-left-color:var(--pass)}.verdict.fail{border-left-color:var(--fail)}
        .verdict.open{border-left-color:var(--open)}
        .facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(15rem,1fr));gap:.15rem 1.5rem;margin:1rem 0}
        .facts div{display:flex;gap:.6rem;min-width:0}.facts dt{color:var(--soft);flex:none}.facts dd{margin:0;overflow-wrap:anywhere}
        .tag{display:inline-block;padding:0 .5em;border-radius:1em;border:1px solid currentColor;font-size:.8rem;font-weight:600;white-space:nowrap}
        .tag.pass{color:var(--pass)}.tag.fail{color:var(--fail)}.tag.warn{color:var(--warn)}.tag.open{color:var(--open)}.tag.na{color:var(--na)}
        .card{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:.8rem 1rem;margin:.7rem 0}
        .card.fail{border-left:4px solid var(--fail)}.card.warn{border-left:4px solid var(--warn)}.card.open{border-left:4px solid var(--open)}
        .card h3{margin:.1rem 0 .3rem;overflow-wrap:anywhere}.soft{color:var(--soft)}
        .pair{display:grid;grid-template-columns:6.5rem 1fr;gap:.2rem .8rem;margin:.4rem 0}.pair dt{color:var(--soft)}.pair dd{margin:0;overflow-wrap:anywhere;white-space:pre-wrap}
        table{border-collapse:collapse;width:100%;background:var(--card);font-size:.92rem}
        th,td{border:1px solid var(--line);padding:.3rem .55rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}
        th{background:var(--code);font-weight:600;white-space:nowrap}td.num{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}td.nowrap{white-space:nowrap}
        details{border:1px solid var(--line);border-radius:8px;background:var(--card);margin:.5rem 0}
        details>summary{cursor:pointer;padding:.5rem .8rem;overflow-wrap:anywhere}
        details[open]>summary{border-bottom:1px solid var(--line)}
        details>.body{padding:.4rem .9rem .8rem}
        details.exchange{margin:.25rem 0}details.exchange>summary{padding:.2rem .6rem;font-size:.88rem}
        details.bad{border-color:var(--fail)}details.bad>summary{background:var(--failbg)}
        :target{outline:2px solid var(--arrow);outline-offset:2px}
        .scroll{overflow-x:auto;border:1px solid var(--line);border-radius:8px;background:var(--card)}
        svg{display:block;font:11px ui-monospace,"DejaVu Sans Mono",monospace}
        svg text{fill:var(--ink)}svg .soft{fill:var(--soft)}svg .lane{stroke:var(--line);stroke-dasharray:3 3}
        svg .head{fill:var(--code);stroke:var(--line)}svg .arrow{stroke:var(--arrow);fill:none}svg .tip{fill:var(--arrow)}
        svg .bad .arrow{stroke:var(--fail);stroke-width:2}svg .bad .tip{fill:var(--fail)}svg .bad text{fill:var(--fail);font-weight:700}
        svg .bad .band{fill:var(--failbg)}svg .band{fill:none}svg .mark{fill:var(--open)}svg .bad .mark{fill:var(--fail)}
        svg .rule{stroke:var(--line)}svg .step{font-weight:700}
        .skip{position:absolute;left:-99rem}.skip:focus{position:static}
        .wide{overflow-x:auto}.scroll:focus-visible,.wide:focus-visible{outline:2px solid var(--arrow);outline-offset:-2px}
        @media screen and (max-width:40rem){th,td.nowrap,td.num,.tag{white-space:normal}th,td{padding:.25rem .3rem}\
        .wide th,.wide td{overflow-wrap:normal}.pair{grid-template-columns:1fr}.pair dd{margin-bottom:.3rem}}
        ol.steps{padding-left:1.4rem;margin:.3rem 0}ol.steps li{margin:.15rem 0}
        footer{color:var(--soft);font-size:.85rem;padding:2rem 1.25rem}
        @media print{body{background:#fff;font-size:11px}details::details-content{content-visibility:visible;display:block;height:auto}\
        pre{max-height:none}.card,details.exchange,tr{break-inside:avoid}.scroll,.wide{overflow:visible}.skip{display:none}}
        """

    /// `default-src 'none'; style-src 'sha256-…'`: no image, no request of any kind, and no script but the report's own.
    static func policy(hasScript: Bool) -> String {
        let script = hasScript ? " script-src \(ReportScript.hash);" : ""
        return "default-src 'none'; style-src '\(hash)';\(script) base-uri 'none'; form-action 'none'"
    }

    private static let hash: String = {
        let digest = SHA256.hash(data: Data("\(css)".utf8))
        return "sha256-\(Data(digest).base64EncodedString())"
    }()
}
