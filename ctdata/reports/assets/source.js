/* A marked text: which marks show, and the rows that rest on the words that were chosen. */
(() => {
  "use strict";

  const marks = [...document.querySelectorAll("a.mark")];
  const claims = (mark) => mark.dataset.claims.split(" ");
  const tables = (mark) => mark.dataset.tables.split(" ");

  /* The legend: a mark takes the colour of its first table that is shown. */
  const legend = document.querySelector("form.legend");
  const color = () => {
    const shown = new Set(
      [...legend.querySelectorAll("input:checked")].map((input) => input.name),
    );
    for (const mark of marks) {
      const left = tables(mark).filter((table) => shown.has(table));
      mark.className = left.length ? `mark t-${left[0]}` : "mark off";
      mark.classList.toggle("many", left.length > 1);
      if (left.length) mark.removeAttribute("tabindex");
      else mark.tabIndex = -1;
    }
    aim();
  };
  legend.hidden = false;
  legend.addEventListener("change", color);
  legend.addEventListener("submit", (event) => event.preventDefault());

  /* The way from a row to every report that cites it. */
  const uses = window.ctdataUses || { reports: [], rows: {} };
  const linked = (row) => {
    const line = row.querySelector(".uses");
    const found = Object.hasOwn(uses.rows, line.dataset.row) ? uses.rows[line.dataset.row] : [];
    if (!found.length) return;
    line.textContent = "Cited in ";
    found.forEach(([number, place], i) => {
      const [title, address] = uses.reports[number];
      const link = document.createElement("a");
      link.href = `../${address}#${place}`;
      link.textContent = title;
      line.append(i ? ", " : "", link);
    });
  };
  for (const row of document.querySelectorAll(".claims .claim")) linked(row);

  /* The panel beside the text. */
  const panel = document.getElementById("panel");
  const rows = panel.querySelector(".rows");
  let chosen = null;
  const choose = (anchors, mark) => {
    const found = anchors
      .map((anchor) => document.getElementById(`row-${anchor}`))
      .filter(Boolean)
      .map((row) => {
        const copy = row.cloneNode(true);
        copy.removeAttribute("id");
        return copy;
      });
    if (!found.length) return;
    rows.replaceChildren(...found);
    panel.hidden = false;
    panel.scrollTop = 0;
    for (const other of marks) other.classList.toggle("chosen", other === mark);
    chosen = mark;
  };
  const close = () => {
    panel.hidden = true;
    for (const mark of marks) mark.classList.remove("chosen");
    if (chosen) chosen.focus();
    chosen = null;
  };
  for (const mark of marks) {
    mark.addEventListener("click", (event) => {
      event.preventDefault();
      choose(claims(mark), mark);
      panel.focus({ preventScroll: true });
    });
  }
  panel.querySelector(".close").addEventListener("click", close);
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !panel.hidden) close();
  });

  /* The words that a citation led to stand out, all of them, and their row shows. */
  const target = () => {
    try {
      return decodeURIComponent(location.hash.slice(1));
    } catch {
      return "";
    }
  };
  const aim = () => {
    const anchor = target();
    const aimed = marks.filter((mark) => claims(mark).includes(anchor));
    for (const mark of marks) mark.classList.toggle("aimed", aimed.includes(mark));
    return aimed;
  };
  const arrive = () => {
    const aimed = aim();
    if (!aimed.length) return;
    choose([target()], null);
    aimed[0].scrollIntoView({ block: "center" });
  };
  addEventListener("hashchange", arrive);
  arrive();
})();
