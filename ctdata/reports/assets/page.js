/* What a report's page does beyond being read: each part adds to a page that works without it. */
(() => {
  "use strict";

  /* The contents follow the reader. */
  const links = new Map(
    [...document.querySelectorAll(".contents a")].map((link) => [
      decodeURIComponent(link.hash.slice(1)),
      link,
    ]),
  );
  const headings = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);
  const follow = () => {
    const passed = headings.filter((heading) => heading.getBoundingClientRect().top < 120);
    const atEnd = innerHeight + scrollY >= document.documentElement.scrollHeight - 4;
    const here = atEnd ? headings.at(-1) : passed.at(-1);
    for (const [id, link] of links) {
      if (here && id === here.id) {
        link.setAttribute("aria-current", "true");
        if (link.offsetParent) link.parentElement.parentElement.scrollTop =
          link.offsetTop - link.parentElement.parentElement.clientHeight / 2;
      } else {
        link.removeAttribute("aria-current");
      }
    }
  };
  let waiting = false;
  const later = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      follow();
    });
  };
  if (links.size) {
    addEventListener("scroll", later, { passive: true });
    addEventListener("resize", later);
    follow();
  }

  /* All code at once. */
  const button = document.getElementById("code");
  const folds = [...document.querySelectorAll("details.code")];
  if (button && folds.length) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const open = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(open));
      for (const fold of folds) fold.open = open;
    });
  }

  /* A citation shows the words it stands for, as a footnote would. */
  const card = document.createElement("div");
  card.id = "cited";
  card.className = "card";
  card.setAttribute("role", "tooltip");
  card.hidden = true;
  document.body.append(card);
  let shownFor = null;
  let leaving = 0;
  const hide = () => {
    clearTimeout(leaving);
    if (shownFor) shownFor.removeAttribute("aria-describedby");
    shownFor = null;
    card.hidden = true;
  };
  const show = (citation) => {
    clearTimeout(leaving);
    if (shownFor === citation) return;
    hide();
    shownFor = citation;
    const words = document.createElement("q");
    words.textContent = citation.dataset.quote;
    const place = document.createElement("cite");
    place.textContent = citation.textContent;
    card.replaceChildren(words, place);
    card.hidden = false;
    citation.setAttribute("aria-describedby", card.id);
    const at = citation.getBoundingClientRect();
    const room = document.documentElement.clientWidth - card.offsetWidth - 12;
    card.style.left = `${Math.max(12, Math.min(at.left, room)) + scrollX}px`;
    const below = at.bottom + 6;
    const fits = below + card.offsetHeight < innerHeight;
    card.style.top = `${(fits ? below : at.top - card.offsetHeight - 6) + scrollY}px`;
  };
  const leave = () => {
    leaving = setTimeout(hide, 200);
  };
  for (const citation of document.querySelectorAll("a.ct-cite[title]")) {
    citation.dataset.quote = citation.title;
    citation.removeAttribute("title");
    citation.addEventListener("mouseenter", () => show(citation));
    citation.addEventListener("mouseleave", leave);
    citation.addEventListener("focus", () => show(citation));
    citation.addEventListener("blur", hide);
  }
  card.addEventListener("mouseenter", () => clearTimeout(leaving));
  card.addEventListener("mouseleave", leave);
  addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
  });

  /* Long tables can be searched and sorted; on paper they stand whole. */
  const many = 8;
  for (const table of document.querySelectorAll("main table")) {
    const heads = table.tHead ? table.tHead.rows.length : 0;
    if (!window.DataTable || heads !== 1 || table.tBodies.length !== 1) continue;
    const rows = [...table.tBodies[0].rows];
    const cells = table.tHead.rows[0].cells.length;
    if (rows.length < many || rows.some((row) => row.cells.length !== cells)) continue;
    const about = table.caption ? table.caption.textContent : "this table";
    const box = table.closest(".ct-table, .rendered") || table.parentElement;
    box.classList.add("long");
    new window.DataTable(table, {
      paging: false,
      info: false,
      order: [],
      autoWidth: false,
      layout: { topStart: "search", topEnd: null, bottomStart: null, bottomEnd: null },
      language: { search: "Search", zeroRecords: "No row has these words." },
    });
    const field = box.querySelector("input[type=search]");
    if (field) field.setAttribute("aria-label", `Search in ${about}`);
  }

  /* Charts that answer to the pointer take the place of their pictures, except on paper. */
  for (const data of document.querySelectorAll("figure > script[type='application/json']")) {
    if (!window.Bokeh) continue;
    const figure = data.parentElement;
    const place = document.createElement("div");
    place.className = "chart";
    // The picture and its words stay for those who cannot see or point.
    place.setAttribute("aria-hidden", "true");
    figure.prepend(place);
    const chart = JSON.parse(data.textContent);
    window.Bokeh.embed.embed_items({ chart: chart.document }, [
      { docid: "chart", roots: { [chart.root]: place }, root_ids: [chart.root] },
    ]).then(
      () => {
        const turn = document.createElement("button");
        turn.type = "button";
        turn.className = "picture-button";
        const show = (live) => {
          figure.classList.toggle("live", live);
          place.hidden = !live;
          turn.textContent = live ? "Show the picture" : "Point at the marks";
        };
        turn.addEventListener("click", () => show(place.hidden));
        figure.querySelector(".drawn").after(turn);
        show(true);
      },
      (error) => {
        place.remove();
        console.error(error);
      },
    );
  }
})();
