/* The queue by keyboard: 1 to 5 choose a verdict (a plain yes is sent at once), N goes to the next card, Q back
   to the list, V to the first file, Z to the zero reports, Ctrl+Enter sends. Without this script everything is done by pointer. Chromium 78. */
(function () {
    "use strict";

    var KEYS = { accept: "1", skip: "1", resubmit: "1", reduce: "2", reject: "3", "return": "4", doubt: "5" };
    // What is filled in next, the first of these that the form has.
    var NEXT = { reduce: ["accepted"] };
    var form = document.querySelector("form[data-verdicts]");

    function go(name) {
        var link = document.querySelector("a[data-key-link='" + name + "']");
        if (link) {
            link.click();
        }
        return Boolean(link);
    }

    function send() {
        form.querySelector("button.btn-primary").click();
    }

    function choose(option) {
        option.checked = true;
        if (option.value === "accept" || option.value === "skip") {
            send();
            return;
        }
        var names = (NEXT[option.value] || []).concat(["code", "reason"]);
        var field = names.map(function (name) { return form.elements[name]; }).filter(Boolean)[0];
        if (field) {
            field.focus();
        }
    }

    function option(key) {
        return Array.prototype.filter.call(form.querySelectorAll("input[name='verdict']"), function (one) {
            return KEYS[one.value] === key;
        })[0];
    }

    function isEntry(target) {
        return /^(TEXTAREA|SELECT)$/.test(target.tagName) || (target.tagName === "INPUT" && target.type !== "radio");
    }

    function pressed(event) {
        if (form && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
            event.preventDefault();
            send();
        }
        if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isEntry(event.target)) {
            return;
        }
        // By the key's place: an input method for Chinese may have changed its letter.
        var digit = /^(?:Digit|Numpad)([1-5])$/.exec(event.code);
        var chosen = form && digit ? option(digit[1]) : null;
        if (chosen) {
            event.preventDefault();
            choose(chosen);
        } else if ((event.code === "KeyN" && go("next")) || (event.code === "KeyZ" && go("zero")) || (event.code === "KeyQ" && go("list")) || (event.code === "KeyV" && go("look"))) {
            event.preventDefault();
        }
    }

    function mark() {
        Array.prototype.forEach.call(form.querySelectorAll("input[name='verdict']"), function (one) {
            var label = form.querySelector("label[for='" + one.id + "']");
            var key = document.createElement("kbd");
            key.textContent = KEYS[one.value];
            label.insertBefore(document.createTextNode(" "), label.firstChild);
            label.insertBefore(key, label.firstChild);
        });
    }

    if (form) {
        mark();
    }
    if (document.querySelector("[data-key-link]")) {
        document.addEventListener("keydown", pressed);
        Array.prototype.forEach.call(document.querySelectorAll(".keys"), function (hint) { hint.hidden = false; });
    }
}());
