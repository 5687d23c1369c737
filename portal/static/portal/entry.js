/* Entering on a bad network: drafts in this browser, sending without losing the page, a list of what was
   not sent. Without this script every form still works. Chromium 78: no optional chaining, no "??".

   A form with a hidden sent_key is sent here; one with data-draft="<what it is>" keeps a draft under the
   person's opaque key and the page's address. The server knows nothing of drafts. */
(function () {
    "use strict";

    var KEPT = 30 * 24 * 3600 * 1000; // shorter than the server keeps keys (accounts/services/resends.py)
    var PATIENCE = 120 * 1000; // a photo over a slow network
    var body = document.body;
    var person = body.dataset.person || "";
    var here = location.pathname + location.search;
    var words = document.getElementById("entry-words").dataset;
    var composing = false;

    // Drafts ------------------------------------------------------------------------------------------

    function place(url) {
        return "draft|" + person + "|" + url;
    }

    function stored(name) {
        try {
            return JSON.parse(localStorage.getItem(name));
        } catch (unreadable) {
            return null;
        }
    }

    function draftNames(prefix) {
        try {
            return Object.keys(localStorage).filter(function (name) { return name.indexOf(prefix) === 0; });
        } catch (forbidden) {
            return [];
        }
    }

    function own() {
        return person ? draftNames("draft|" + person + "|") : [];
    }

    function drop(name) {
        try {
            localStorage.removeItem(name);
        } catch (forbidden) { /* then nothing was kept either */ }
    }

    function sweep() {
        draftNames("draft|").forEach(function (name) {
            var draft = stored(name);
            if (!draft || Date.now() - draft.at > KEPT) {
                drop(name);
            }
        });
    }

    function isEntry(control) {
        return control.name && !control.disabled && control.type !== "hidden" && control.type !== "password"
            && control.type !== "file" && control.type !== "submit" && control.type !== "button";
    }

    function chosenFiles(form) {
        return Array.from(form.elements).reduce(function (sum, control) {
            return sum + (control.type === "file" ? control.files.length : 0);
        }, 0);
    }

    function entries(form) {
        return Array.from(form.elements).filter(isEntry).filter(function (control) {
            return (control.type !== "checkbox" && control.type !== "radio") || control.checked;
        }).map(function (control) { return [control.name, control.value]; });
    }

    function keep(form) {
        var values = entries(form);
        if (form.forgotten || !person || !("draft" in form.dataset)) {
            return;
        }
        if (JSON.stringify(values) === form.untouched && !chosenFiles(form)) {
            return;
        }
        try {
            localStorage.setItem(place(here), JSON.stringify({
                label: form.dataset.draft,
                url: here,
                at: Date.now(),
                key: form.elements.sent_key ? form.elements.sent_key.value : "",
                files: chosenFiles(form),
                values: values,
            }));
        } catch (full) { /* no room or no right to keep: the form works as without this script */ }
    }

    function restore(form) {
        var draft = person && stored(place(here));
        if (!draft) {
            return;
        }
        Array.from(form.elements).filter(isEntry).forEach(function (control) {
            var said = draft.values.filter(function (pair) { return pair[0] === control.name; })
                .map(function (pair) { return pair[1]; });
            if (control.type === "checkbox" || control.type === "radio") {
                control.checked = said.indexOf(control.value) >= 0;
            } else if (said.length && (control.tagName !== "SELECT"
                || Array.from(control.options).some(function (option) { return option.value === said[0]; }))) {
                control.value = said[0];
            }
        });
        if (draft.key && form.elements.sent_key) {
            form.elements.sent_key.value = draft.key;
        }
        Array.from(form.querySelectorAll("details")).forEach(function (more) {
            more.open = more.open || Array.from(more.querySelectorAll("input, textarea")).some(function (control) {
                return isEntry(control) && (control.type === "checkbox" ? control.checked : control.value);
            });
        });
        var told = document.createElement("p");
        told.className = "restored warning";
        told.setAttribute("role", "status");
        told.textContent = words.restored.replace("{when}", moment(draft.at)) + (draft.files ? words.files : "");
        form.insertBefore(told, form.firstChild);
        var away = document.createElement("button");
        away.type = "button";
        away.className = "btn btn-outline-primary";
        away.textContent = words.discard;
        away.addEventListener("click", function () {
            drop(place(here));
            form.forgotten = true;
            location.reload();
        });
        told.appendChild(away);
    }

    function moment(at) {
        var day = new Date(at);
        function two(number) { return (number < 10 ? "0" : "") + number; }
        return two(day.getMonth() + 1) + "-" + two(day.getDate()) + " " + two(day.getHours()) + ":"
            + two(day.getMinutes());
    }

    function list() {
        var section = document.getElementById("drafts");
        var drafts = own().map(stored).filter(function (draft) {
            return draft && /^\/(?!\/)/.test(draft.url);
        }).sort(function (one, other) { return other.at - one.at; });
        if (!section) {
            return;
        }
        section.hidden = !drafts.length;
        section.querySelector("h2").textContent = section.dataset.title.replace("{n}", drafts.length);
        var lines = section.querySelector("ul");
        Array.from(lines.querySelectorAll("li")).forEach(function (line) { line.remove(); });
        drafts.forEach(function (draft) {
            var line = section.querySelector("template").content.cloneNode(true);
            line.querySelector("a").href = draft.url;
            line.querySelector("a").textContent = draft.label;
            line.querySelector("span").textContent = moment(draft.at);
            line.querySelector("button").addEventListener("click", function () {
                drop(place(draft.url));
                list();
            });
            lines.appendChild(line);
        });
    }

    // Telling -----------------------------------------------------------------------------------------

    function say(form, text, tone) {
        var told = form.querySelector(".sending");
        if (!told) {
            told = document.createElement("p");
            told.setAttribute("role", "status");
            form.insertBefore(told, form.querySelector(".actions"));
        }
        told.className = "sending " + tone;
        told.textContent = text;
        return told;
    }

    function busy(form, is) {
        form.busy = is;
        Array.from(form.querySelectorAll("button")).forEach(function (button) { button.disabled = is; });
    }

    // Sending -----------------------------------------------------------------------------------------

    function post(url, data) {
        var stop = new AbortController();
        var timer = setTimeout(function () { stop.abort(); }, PATIENCE);
        return fetch(url, {
            method: "POST", body: data, credentials: "same-origin", signal: stop.signal, headers: { "X-Sent-By": "script" },
        }).then(function (answer) {
            return answer.text().then(function (text) {
                clearTimeout(timer);
                return { status: answer.status, url: answer.url, redirected: answer.redirected, text: text,
                    json: /json/.test(answer.headers.get("Content-Type") || "") };
            });
        });
    }

    function send(form, button) {
        var url = form.getAttribute("action") || here;
        var data;
        keep(form);
        busy(form, true);
        say(form, words.sending, "notice");
        return Promise.resolve(form.ready).then(function () {
            busy(form, false); // what is disabled is not sent
            data = new FormData(form);
            busy(form, true);
            if (button && button.name) {
                data.append(button.name, button.value);
            }
            return post(url, data);
        }).then(function (answer) {
            return taken(form, answer, function () { return renewed(form, data, url); });
        }).catch(function () {
            busy(form, false);
            say(form, "draft" in form.dataset ? words.offline : words.offlineUnkept, "warning");
        });
    }

    // What the server answered. "again" sends once more with a fresh token where the page was too old.
    function taken(form, answer, again) {
        var login = new URL(body.dataset.login, location.href).pathname;
        if (answer.status >= 500) {
            busy(form, false);
            say(form, words.failed, "warning");
        } else if (answer.json) {
            form.forgotten = true;
            forget(form.elements.sent_key.value);
            go(JSON.parse(answer.text).address);
        } else if (answer.redirected && new URL(answer.url).pathname === login) {
            signIn();
        } else if (answer.redirected) {
            location.assign(answer.url);
        } else {
            var page = new DOMParser().parseFromString(answer.text, "text/html");
            if (again && page.querySelector("[data-stale]")) {
                return again();
            }
            show(page);
        }
        return null;
    }

    // The session was renewed in another window: the page's token is old, what it says is not.
    function renewed(form, data, url) {
        return fetch(here, { credentials: "same-origin" }).then(function (answer) {
            return answer.text();
        }).then(function (text) {
            var token = new DOMParser().parseFromString(text, "text/html")
                .querySelector("main [name=csrfmiddlewaretoken]");
            if (!token || !token.form.elements.sent_key) {
                return signIn();
            }
            data.set("csrfmiddlewaretoken", token.value);
            form.elements.csrfmiddlewaretoken.value = token.value;
            return post(url, data).then(function (answer) { return taken(form, answer, null); });
        });
    }

    function signIn() {
        try {
            sessionStorage.setItem("kept", "1");
        } catch (forbidden) { /* the page says less then */ }
        location.assign(body.dataset.login + "?next=" + encodeURIComponent(here));
    }

    function forget(key) {
        own().forEach(function (name) {
            if (name === place(here) || (stored(name) || {}).key === key) {
                drop(name);
            }
        });
    }

    function go(address) {
        var to = new URL(address, location.href);
        location.assign(to.href);
        if (to.hash && to.pathname + to.search === here) {
            location.reload();
        }
    }

    // A page that answers a form (faults, a question, a refusal) takes the place of the one that sent it.
    function show(page) {
        var main = page.querySelector("main");
        if (!main) {
            throw new Error("no page");
        }
        Array.from(document.forms).forEach(function (form) { form.forgotten = true; });
        document.title = page.title;
        document.querySelector("main").replaceWith(document.adoptNode(main));
        begin(false);
        window.scrollTo(0, 0);
        main.focus();
    }

    // Beginning ---------------------------------------------------------------------------------------

    function begin(fresh) {
        var fingers = window.matchMedia("(pointer: coarse)").matches;
        Array.from(document.querySelectorAll("main input[data-day]")).forEach(function (day) {
            if (fingers && (!day.value || /^\d{4}-\d{2}-\d{2}$/.test(day.value))) {
                day.type = "date"; // the phone's own calendar
            }
        });
        Array.from(document.querySelectorAll("main form[data-draft]")).forEach(function (form) {
            form.untouched = JSON.stringify(entries(form));
            if (fresh) {
                restore(form);
            }
            var timer = null;
            function soon() {
                clearTimeout(timer);
                timer = setTimeout(function () { keep(form); }, 300);
            }
            function now() {
                if (timer) {
                    keep(form);
                }
                clearTimeout(timer);
                timer = null;
            }
            form.addEventListener("input", soon);
            form.addEventListener("change", soon);
            window.addEventListener("pagehide", now);
            document.addEventListener("visibilitychange", now);
        });
    }

    document.addEventListener("compositionstart", function () { composing = true; });
    document.addEventListener("compositionend", function () { composing = false; });
    document.addEventListener("keydown", function (event) {
        if (event.key === "Enter" && (composing || event.isComposing || event.keyCode === 229)) {
            event.preventDefault();
        }
    }, true);

    document.addEventListener("click", function (event) {
        var button = event.target.closest && event.target.closest("button");
        if (button && button.form) {
            button.form.pressed = button; // event.submitter came with Chromium 81
        }
    }, true);

    document.addEventListener("submit", function (event) {
        var form = event.target;
        if (composing || form.busy) {
            event.preventDefault();
            return;
        }
        if ("signsOut" in form.dataset) {
            if (own().length && !window.confirm(words.leaving)) {
                event.preventDefault();
                return;
            }
            own().forEach(drop);
        } else if (form.elements.sent_key && form.closest("main") && window.AbortController) {
            event.preventDefault();
            send(form, form.pressed);
            form.pressed = null;
        }
    }, true);

    window.addEventListener("online", function () {
        Array.from(document.querySelectorAll("form .sending.warning")).forEach(function (told) {
            if (told.textContent === words.offline) {
                told.textContent = words.online;
            }
        });
    });

    // Back to a page that the browser kept: its key has been used.
    window.addEventListener("pageshow", function (event) {
        if (event.persisted) {
            location.reload();
        }
    });

    function tellKept() {
        var form = document.querySelector("main form");
        try {
            if (!person && form && sessionStorage.getItem("kept")) {
                var told = document.createElement("p");
                told.className = "notice";
                told.textContent = words.kept;
                form.before(told);
                sessionStorage.removeItem("kept");
            }
        } catch (forbidden) { /* nothing was kept */ }
    }

    tellKept();
    sweep();
    begin(true);
    list();
})();
