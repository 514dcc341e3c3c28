// SPDX-License-Identifier: Apache-2.0
// Keeps the parts of a page that are marked data-live fresh; without scripts a reload does the same.
"use strict";
(() => {
    const parts = Array.from(document.querySelectorAll("[data-live]"));
    const note = document.getElementById("live");
    if (parts.length === 0 || typeof EventSource === "undefined") {
        if (note && parts.length === 0) note.textContent = "";
        return;
    }
    const world = document.body.dataset.world;
    const source = new EventSource("/-/stream" + (world ? "?world=" + encodeURIComponent(world) : ""));
    let wanted = new Set();
    let timer = 0;
    let running = false;

    async function refresh() {
        timer = 0;
        if (running) { timer = setTimeout(refresh, 200); return; }
        running = true;
        const names = wanted;
        wanted = new Set();
        try {
            const answer = await fetch(location.pathname + location.search, { credentials: "same-origin" });
            if (answer.ok) {
                const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
                for (const part of parts) {
                    const due = part.dataset.live.split(" ").some((name) => names.has(name));
                    const next = due && part.id ? fresh.getElementById(part.id) : null;
                    // Nobody's keyboard focus is pulled away.
                    if (next && next.innerHTML !== part.innerHTML && !part.contains(document.activeElement)) {
                        part.innerHTML = next.innerHTML;
                    }
                }
            }
        } catch { /* The stream says when the mocks are gone. */ }
        running = false;
    }

    for (const name of ["exchange", "status", "message", "world"]) {
        source.addEventListener(name, () => {
            wanted.add(name);
            if (!timer) timer = setTimeout(refresh, 150);
        });
    }
    source.addEventListener("open", () => { if (note) note.textContent = "Live: this page follows what happens."; });
    source.addEventListener("error", () => { if (note) note.textContent = "Not live: the mocks do not answer."; });
})();
