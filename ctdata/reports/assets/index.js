/* The index: search in reports, claims and passages, without asking anyone. */
(() => {
  "use strict";

  const data = window.ctdataSearch;
  if (!data || !data.reports) return;
  const most = 40;
  const form = document.querySelector("form.search");
  const words = document.getElementById("words");
  const country = document.getElementById("country");
  const theme = document.getElementById("theme");
  const found = document.getElementById("found");
  const items = [...document.querySelectorAll("li.report")];

  /* Case and accents do not count. */
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const folded = (entry, ...parts) => ({ ...entry, folded: fold(parts.join(" ")) });
  const reports = new Map(data.reports.map((r) => [r.name, folded(r, r.words)]));
  const claims = data.claims.map((c) => folded(c, c.quote, c.words, c.table, c.where));
  const passages = data.passages.map((p) => folded(p, p.words, p.where));
  const has = (entry, wanted) => wanted.every((word) => entry.folded.includes(word));

  /* The words with those that were looked for marked; an accent keeps its letter's place. */
  const marked = (text, wanted) => {
    const whole = document.createElement("span");
    const letters = [...text];
    const plain = letters.map((letter) => fold(letter) || " ");
    const starts = [];
    plain.reduce((at, part, i) => {
      for (let k = 0; k < part.length; k += 1) starts.push(i);
      return at + part.length;
    }, 0);
    const line = plain.join("");
    const hit = new Array(letters.length).fill(false);
    for (const word of wanted) {
      for (let at = line.indexOf(word); word && at >= 0; at = line.indexOf(word, at + 1)) {
        for (let k = at; k < at + word.length; k += 1) hit[starts[k]] = true;
      }
    }
    let from = 0;
    while (from < letters.length) {
      let to = from;
      while (to < letters.length && hit[to] === hit[from]) to += 1;
      const piece = document.createElement(hit[from] ? "mark" : "span");
      piece.textContent = letters.slice(from, to).join("");
      whole.append(piece);
      from = to;
    }
    return whole;
  };

  const line = (entry, main, more, wanted) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = entry.address;
    link.append(marked(main, wanted));
    const where = document.createElement("p");
    where.append(`${entry.where}${entry.table ? ` · ${entry.table}` : ""}`);
    item.append(link, where);
    if (more) {
      const facts = document.createElement("p");
      facts.append(marked(more, wanted));
      item.append(facts);
    }
    return item;
  };
  const list = (id, hits, draw) => {
    const section = document.getElementById(id);
    section.hidden = !hits.length;
    const lines = hits.slice(0, most).map(draw);
    if (hits.length > most) {
      const rest = document.createElement("li");
      rest.className = "rest";
      rest.textContent = `and ${hits.length - most} more; add a word to see fewer`;
      lines.push(rest);
    }
    section.querySelector("ol").replaceChildren(...lines);
  };
  const count = (number, one, several) => `${number} ${number === 1 ? one : several}`;

  const search = () => {
    const wanted = fold(words.value).split(/\s+/).filter(Boolean);
    const asked = wanted.length || country.value || theme.value;
    const fits = (countries, themes) =>
      (!country.value || countries.includes(country.value)) &&
      (!theme.value || themes.includes(theme.value));
    let shown = 0;
    for (const item of items) {
      const report = reports.get(item.dataset.name);
      const stays = !report || (fits(report.countries, report.themes) && has(report, wanted));
      item.hidden = !stays;
      shown += Number(stays);
    }
    const claimHits = asked
      ? claims.filter((c) => fits([c.country], [c.theme]) && has(c, wanted))
      : [];
    const passageHits = wanted.length
      ? passages.filter((p) => fits([p.country], p.themes) && has(p, wanted))
      : [];
    list("claims", claimHits, (c) => line(c, c.quote, c.words, wanted));
    list("passages", passageHits, (p) => line(p, p.words, "", wanted));
    found.hidden = !asked;
    found.textContent = [
      count(shown, "report", "reports"),
      count(claimHits.length, "claim", "claims"),
      count(passageHits.length, "passage", "passages"),
    ].join(", ");
  };

  form.hidden = false;
  form.addEventListener("input", search);
  form.addEventListener("submit", (event) => event.preventDefault());
})();
