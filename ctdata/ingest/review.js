// Review drafts: shows what the kernel says and sends what the reader does. The kernel decides and
// writes; nothing is kept here. Words of texts go into the page as text, never as markup.

const KEYS = {
  a: ["accept", "Accept"],
  r: ["reject", "Reject"],
  e: ["edit", "Change the row"],
  n: ["next", "Skip: the next one"],
  j: ["next", ""],
  b: ["back", "Back: the one before"],
  k: ["back", ""],
  l: ["like", "All like this: accept or reject them together"],
  u: ["undo", "Undo what was done last"],
  "?": ["help", "Show or hide this help"],
};
const SILENCE = 8000; // milliseconds without an answer until the page says so

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, String(value));
  }
  node.append(...children.filter(Boolean));
  return node;
}

function button(words, key, onclick, attributes = {}) {
  const hint = key ? make("kbd", { "aria-hidden": "true" }, key) : null;
  return make(
    "button",
    { type: "button", "aria-keyshortcuts": key, onclick, ...attributes },
    make("span", {}, words),
    hint,
  );
}

// Names repeat if a notebook shows two reviews, or one review twice.
let views = 0;

function render({ model, el }) {
  const id = `ctd-review-${++views}`;
  let view = model.get("view");
  let panel = ""; // "", "edit" or "like": what is open for the draft on show
  let waiting = 0; // the timer of a message that has no answer yet

  // The parts of the page; they stay, so that the focus stays where it is.
  const part = {
    title: make("h3", { class: "ctd-title", id: `${id}-title` }),
    progress: make("progress", { "aria-label": "Decided" }),
    counts: make("p", { class: "ctd-counts" }),
    table: make("select", { "aria-label": "Table", onchange: filter }),
    status: make("select", { "aria-label": "Status", onchange: filter }),
    place: make("span", { class: "ctd-place" }),
    list: make("ul", { class: "ctd-list", "aria-label": "Drafts" }),
    more: make("p", { class: "ctd-more" }),
    chips: make("p", { class: "ctd-chips" }),
    passage: make("blockquote", { class: "ctd-passage", dir: "auto" }),
    row: make("dl", { class: "ctd-row" }),
    form: make("form", { class: "ctd-form", novalidate: true, onsubmit: save }),
    matches: make("div", { class: "ctd-matches", role: "group" }),
    like: make("div", { class: "ctd-like", role: "group", "aria-label": "All like this" }),
    end: make("p", { class: "ctd-end" }),
    message: make("p", { class: "ctd-message", role: "status", "aria-live": "polite" }),
    help: make("div", { class: "ctd-help", hidden: true }),
  };
  const buttons = {
    accept: button("Accept", "a", () => act("accept"), { class: "ctd-accept" }),
    reject: button("Reject", "r", () => act("reject"), { class: "ctd-reject" }),
    edit: button("Change", "e", () => act("edit")),
    like: button("All like this", "l", () => act("like")),
    back: button("Back", "b", () => act("back")),
    next: button("Skip", "n", () => act("next")),
    undo: button("Undo", "u", () => act("undo")),
    help: button("Keys", "?", () => act("help"), { "aria-expanded": "false" }),
  };
  part.help.append(
    make(
      "dl",
      {},
      ...Object.entries(KEYS).flatMap(([key, [name, words]]) =>
        words
          ? [
              make(
                "dt",
                {},
                ...Object.keys(KEYS)
                  .filter((other) => KEYS[other][0] === name)
                  .map((other) => make("kbd", {}, other)),
              ),
              make("dd", {}, words),
            ]
          : [],
      ),
    ),
    make("p", {}, "Keys work while this review has the focus, and not while you type."),
  );
  part.decide = make(
    "div",
    { class: "ctd-buttons", role: "group", "aria-label": "Decide" },
    buttons.accept,
    buttons.reject,
    buttons.edit,
    buttons.like,
    make("span", { class: "ctd-walk" }, buttons.back, buttons.next, buttons.undo),
  );
  const card = make(
    "section",
    { class: "ctd-card", "aria-label": "Draft" },
    part.chips,
    part.passage,
    part.matches,
    part.row,
    part.form,
    part.end,
    part.decide,
    part.like,
    part.message,
  );
  const root = make(
    "div",
    {
      class: "ctd-review",
      tabindex: "0",
      role: "region",
      "aria-labelledby": `${id}-title`,
      // JupyterLab leaves the keys in here alone.
      "data-lm-suppress-shortcuts": "true",
      onkeydown: pressed,
    },
    make(
      "header",
      {},
      make("div", { class: "ctd-head" }, part.title, buttons.help),
      part.progress,
      part.counts,
      part.help,
    ),
    make(
      "div",
      { class: "ctd-body" },
      make(
        "nav",
        { "aria-label": "Drafts" },
        make("div", { class: "ctd-filters" }, part.table, part.status, part.place),
        part.list,
        part.more,
      ),
      card,
    ),
  );

  function send(message) {
    if (waiting) return;
    waiting = setTimeout(() => {
      waiting = 0;
      root.removeAttribute("aria-busy");
      say("The kernel does not answer. What was decided before is on disk: run the cell again.", 1);
    }, SILENCE);
    root.setAttribute("aria-busy", "true");
    model.send({ key: view.draft?.key ?? null, ...message });
  }

  function say(words, isProblem) {
    part.message.textContent = words;
    part.message.classList.toggle("ctd-problem", Boolean(isProblem));
  }

  function enter(field) {
    field?.focus({ preventScroll: true });
    field?.parentElement.scrollIntoView({ block: "center" });
  }

  function open(name) {
    panel = panel === name ? "" : name;
    draw();
    if (panel === "edit") {
      enter(part.form.querySelector("input, select, textarea"));
    } else if (panel === "like") part.like.querySelector("button").focus();
    else root.focus();
  }

  function act(name) {
    // What is typed into an open form is saved or given up first.
    if (panel === "edit" && name !== "help") return;
    if (name === "help") {
      part.help.hidden = !part.help.hidden;
      buttons.help.setAttribute("aria-expanded", String(!part.help.hidden));
    } else if (name === "undo") {
      if (view.undo) send({ do: "undo" });
    } else if (!view.draft) return;
    else if (name === "edit" || name === "like") {
      if (!buttons[name].disabled) open(name);
    } else if (panel === "like" && (name === "accept" || name === "reject"))
      send({ do: "like", status: name === "accept" ? "accepted" : "rejected" });
    else if (!buttons[name].disabled) send({ do: name });
  }

  function pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    // JupyterLab must not see what is pressed here: "a" on a list of choices would insert a cell for
    // it, and "x" cut one. Running the cell again is left to it.
    if (!(event.key === "Enter" && event.shiftKey)) event.stopPropagation();
    if (event.key === "Escape" && panel) {
      open("");
      event.preventDefault();
      return;
    }
    if (event.target.closest("input, select, textarea")) {
      // JupyterLab keeps browsers from doing this by themselves.
      if (event.key === "Enter" && !event.shiftKey && part.form.contains(event.target)) {
        event.preventDefault();
        part.form.requestSubmit();
      }
      return;
    }
    const found = KEYS[event.key];
    if (!found) return;
    event.preventDefault();
    if (!event.repeat) act(found[0]);
  }

  function filter() {
    send({ do: "filter", table: part.table.value, status: part.status.value });
  }

  function save(event) {
    event.preventDefault();
    const values = {};
    for (const field of view.draft.fields) {
      const input = part.form.elements.namedItem(field.name);
      if (input) values[field.name] = input.value;
    }
    send({ do: "change", values });
  }

  function choices(select, entries, value) {
    select.replaceChildren(
      ...entries.map(([name, words]) =>
        make("option", { value: name, selected: name === value }, words),
      ),
    );
  }

  function drawList() {
    const hadFocus = part.list.contains(root.getRootNode().activeElement);
    part.list.replaceChildren(
      ...view.list.map((entry) => {
        const isHere = entry.key === view.draft?.key;
        return make(
          "li",
          {},
          make(
            "button",
            {
              type: "button",
              class: `ctd-entry ctd-is-${entry.status}`,
              "aria-current": isHere && "true",
              tabindex: isHere ? "0" : "-1",
              onclick: () => send({ do: "go", key: entry.key }),
            },
            make("span", { class: "ctd-mark", title: entry.status_words }, entry.sign),
            make("bdi", {}, entry.label),
            make("small", {}, entry.table_words),
          ),
        );
      }),
    );
    part.more.textContent = view.more;
    const here = part.list.querySelector("[aria-current]");
    if (here) {
      // Scrolls the list only: the page stays where it is.
      const middle = here.offsetTop - part.list.offsetTop - part.list.clientHeight / 2;
      part.list.scrollTop = Math.max(0, middle);
      if (hadFocus) here.focus({ preventScroll: true });
    }
  }

  function drawRow(draft) {
    part.row.replaceChildren(
      ...draft.fields
        .filter((field) => field.value && field.name !== "quote" && field.name !== "prefix")
        .map((field) =>
          make(
            "div",
            {},
            make("dt", { title: field.help }, field.label),
            make(
              "dd",
              {},
              make("bdi", {}, field.told || field.value),
              field.told ? make("small", {}, ` ${field.value}`) : null,
            ),
          ),
        ),
    );
  }

  function drawForm(draft) {
    const lists = new Set();
    part.form.replaceChildren(
      ...draft.fields.map((field) => {
        const name = `${id}-${field.name}`;
        const problem = draft.problems[field.name];
        const attributes = {
          id: name,
          name: field.name,
          title: field.help,
          "aria-required": field.required && "true",
          "aria-invalid": problem && "true",
          "aria-describedby": problem && `${name}-problem`,
        };
        let input;
        if (field.values.length) {
          input = make("select", attributes);
          choices(input, field.values, field.value);
        } else if (field.long) {
          input = make("textarea", { ...attributes, rows: field.value.length > 70 ? 2 : 1 });
          input.value = field.value;
        } else {
          if (field.refers) lists.add(field.refers);
          input = make("input", {
            ...attributes,
            type: "text",
            autocomplete: "off",
            spellcheck: "false",
            placeholder: field.hint,
            list: field.refers && `${id}-${field.refers}`,
          });
          input.value = field.value;
        }
        return make(
          "div",
          { class: field.long ? "ctd-field ctd-long" : "ctd-field" },
          make("label", { for: name }, field.label, field.required ? " *" : ""),
          input,
          problem && make("p", { class: "ctd-problem", id: `${name}-problem` }, problem),
        );
      }),
      make(
        "div",
        { class: "ctd-buttons" },
        make("button", { type: "submit", class: "ctd-accept" }, "Save"),
        button("Cancel", "Esc", () => open("")),
      ),
      ...[...lists].map((name) =>
        make(
          "datalist",
          { id: `${id}-${name}` },
          ...(model.get("known")[name] ?? []).map(([value, words]) =>
            make("option", { value }, words),
          ),
        ),
      ),
    );
  }

  function drawMatches(draft) {
    part.matches.hidden = !draft.matches.length;
    part.matches.setAttribute("aria-label", "Known ones that look alike");
    part.matches.replaceChildren(
      make("p", {}, "New here. Or is it one that is known already?"),
      ...draft.matches.map((match) =>
        make(
          "button",
          { type: "button", onclick: () => send({ do: "use", entity: match.id }) },
          "This is ",
          make("bdi", {}, match.name),
          make("small", {}, ` ${match.id}, alike ${match.score} %`),
        ),
      ),
    );
  }

  function drawLike(draft) {
    part.like.hidden = panel !== "like";
    const count = draft.like.length + 1;
    part.like.replaceChildren(
      make("p", {}, `This draft and ${draft.like.length} undecided more that say the same:`),
      make("ul", {}, ...draft.like.map((words) => make("li", {}, make("bdi", {}, words)))),
      make(
        "div",
        { class: "ctd-buttons" },
        button(`Accept all ${count}`, "a", () => act("accept"), { class: "ctd-accept" }),
        button(`Reject all ${count}`, "r", () => act("reject"), { class: "ctd-reject" }),
        button("Cancel", "Esc", () => open("")),
      ),
    );
  }

  function drawDraft(draft) {
    part.chips.replaceChildren(
      make("strong", {}, draft.table_words),
      make("span", { class: `ctd-chip ctd-is-${draft.status}` }, draft.status_words),
      draft.score && make("span", { class: "ctd-chip" }, `Score ${draft.score}`),
      make("span", { class: "ctd-cite" }, draft.citation),
    );
    part.passage.replaceChildren(
      make("span", { class: "ctd-around" }, draft.before),
      make("span", {}, draft.lead),
      make("mark", {}, draft.words),
      make("span", {}, draft.rest),
      make("span", { class: "ctd-around" }, draft.after),
    );
    part.row.hidden = panel === "edit";
    part.form.hidden = panel !== "edit";
    if (panel === "edit") drawForm(draft);
    else {
      part.form.replaceChildren();
      drawRow(draft);
    }
    drawMatches(draft);
    drawLike(draft);
    buttons.like.firstChild.textContent = draft.like.length
      ? `All like this (${draft.like.length + 1})`
      : "All like this";
  }

  function draw() {
    const { draft } = view;
    part.title.textContent = view.title;
    part.progress.max = Math.max(1, view.total);
    part.progress.value = view.decided;
    part.counts.textContent = view.counts;
    choices(part.table, view.tables, view.filter.table);
    choices(part.status, view.statuses, view.filter.status);
    part.place.textContent = view.place;
    drawList();
    card.classList.toggle("ctd-nothing", !draft);
    part.end.textContent = view.end;
    part.decide.hidden = panel === "edit";
    if (draft) drawDraft(draft);
    const isOpen = Boolean(draft) && draft.status !== "done";
    for (const name of ["accept", "reject", "edit"]) buttons[name].disabled = !isOpen;
    buttons.like.disabled = !isOpen || !draft.like.length;
    buttons.back.disabled = !draft || !view.before;
    buttons.next.disabled = !draft || !view.behind;
    buttons.undo.disabled = !view.undo;
    buttons.edit.setAttribute("aria-expanded", String(panel === "edit"));
    buttons.like.setAttribute("aria-expanded", String(panel === "like"));
  }

  function answered() {
    clearTimeout(waiting);
    waiting = 0;
    root.removeAttribute("aria-busy");
    view = model.get("view");
    const failed = view.draft && Object.keys(view.draft.problems).length > 0;
    panel = failed ? "edit" : "";
    const hadFocus = root.contains(root.getRootNode().activeElement);
    draw();
    say(view.message, view.is_problem);
    if (panel === "edit") enter(part.form.querySelector("[aria-invalid]"));
    else if (hadFocus) {
      // What had the focus may be gone or switched off now; the keys go on working.
      const active = root.getRootNode().activeElement;
      if (!root.contains(active) || active.disabled || active.closest("[hidden]"))
        root.focus({ preventScroll: true });
    }
  }

  model.on("change:view", answered);
  el.append(root);
  draw();
  say(view.message, view.is_problem);
  return () => {
    clearTimeout(waiting);
    model.off("change:view", answered);
  };
}

export default { render };
