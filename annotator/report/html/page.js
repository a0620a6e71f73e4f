"use strict";
/* Makes the page's tables and its timeline from the data that stand in it. Texts are only ever set as text:
   no text of a packet becomes markup, and nothing is asked for from anywhere. */
(() => {
  const parsed = (id) => JSON.parse(document.getElementById(id).textContent);
  const data = parsed("data");
  document.documentElement.classList.add("scripted");
  const status = document.getElementById("status");
  const say = (text) => {
    status.textContent = text;
  };
  const count = (number) => number.toLocaleString("en-US");
  const UNITS = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];

  function size(octets) {
    let value = octets;
    let unit = 0;
    while (value >= 999.5 && unit < UNITS.length - 1) {
      value /= 1000;
      unit += 1;
    }
    return `${unit === 0 || value >= 99.95 ? value.toFixed(0) : value.toFixed(1)} ${UNITS[unit]}`;
  }

  const clock = (text) => text.slice(0, 19).replace("T", " ");
  const readable = (word) => word.replaceAll("_", " ");
  const RANK = { high: 0, medium: 1, low: 2, info: 3 };
  const MARK = { high: "!!", medium: "!", low: "·", info: "i" };

  function element(name, className, text) {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function severity(word) {
    const made = element("span", `severity ${word}`);
    const mark = element("span", "mark", MARK[word]);
    mark.setAttribute("aria-hidden", "true");
    made.append(mark, word);
    return made;
  }

  /* -- a column of the data ----------------------------------------------------------------------------------- */

  const at = (column, row) => (Array.isArray(column) ? column[row] : column.w[column.c[row]]);

  /** The value as flat formats have it: lists joined by a space, tallies as word=number. */
  function flat(value) {
    if (value === null) return null;
    if (Array.isArray(value)) return value.join(" ") || null;
    if (typeof value === "object") {
      return (
        Object.entries(value)
          .map(([word, number]) => `${word}=${number}`)
          .join(" ") || null
      );
    }
    return value;
  }

  function shownText(kind, value) {
    if (value === null || value === undefined) return "–";
    if (kind === "count") return count(value);
    if (kind === "size") return size(value);
    if (kind === "time") return clock(value);
    return kind === "code" ? readable(value) : String(value);
  }

  /* -- export ------------------------------------------------------------------------------------------------- */

  /** A text that a spreadsheet would run as a formula gets an apostrophe before it, as in the CSV format. */
  const disarmed = (text) => (/^[=+\-@\uff1d\uff0b\uff0d\uff20]/.test(text) ? `'${text}` : text);

  function cells(table, row) {
    return table.columns.map((column) => {
      const value = flat(at(table.values[column.n], row));
      return typeof value === "string" ? disarmed(value) : value;
    });
  }

  function csv(table, rows) {
    const quote = (value) => {
      if (value === null) return "";
      return typeof value === "string" ? `"${value.replaceAll('"', '""')}"` : String(value);
    };
    const lines = rows.map((row) => cells(table, row).map(quote).join(","));
    return [...data.csv_head, table.columns.map((c) => quote(c.n)).join(","), ...lines, ""].join("\n");
  }

  function tabbed(table, rows) {
    const lines = rows.map((row) => cells(table, row).map((value) => value ?? "").join("\t"));
    return [table.columns.map((c) => c.n).join("\t"), ...lines, ""].join("\n");
  }

  function save(name, text) {
    const link = element("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  async function copy(text, what) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = element("textarea", "hidden");
      area.value = text;
      (document.querySelector("dialog[open]") || document.body).append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    say(`Copied ${what}`);
  }

  /* -- details of a row --------------------------------------------------------------------------------------- */

  const dialog = document.getElementById("details");
  const named = (table, row) => table.label.map((field) => shownValue(table, field, row)).join("  ");

  function shownValue(table, field, row) {
    const column = table.shows[field] || table.values[field];
    return column ? at(column, row) : null;
  }

  function described(value, kind) {
    if (Array.isArray(value)) return value.join(", ");
    if (typeof value === "object") {
      return Object.entries(value)
        .map(([word, number]) => `${readable(word)} ${count(number)}`)
        .join(", ");
    }
    if (kind === "integer") return count(value);
    return typeof value === "boolean" ? (value ? "yes" : "no") : String(value);
  }

  /** A text to be used elsewhere, with a button that copies it. */
  function copiable(text, what) {
    const box = element("div", "filter");
    box.append(element("code", "", text));
    const button = element("button", "", `Copy ${what}`);
    button.type = "button";
    button.addEventListener("click", () => copy(text, `the ${what}`));
    box.append(button);
    return box;
  }

  /** Leads from an endpoint to its flows, by the search above their table. */
  function flowsButton(words) {
    const button = element("button", "flows-of", "Show its flows");
    button.type = "button";
    button.addEventListener("click", () => {
      const box = document.getElementById("table-flows");
      const search = box.querySelector("input[type=search]");
      const look = () => {
        search.value = words;
        search.dispatchEvent(new Event("input"));
        search.focus();
      };
      dialog.close();
      document.getElementById("flows").scrollIntoView();
      if (box.classList.contains("built")) {
        look();
        return;
      }
      new MutationObserver((_, observer) => {
        if (!box.classList.contains("built")) return;
        observer.disconnect();
        look();
      }).observe(box, { attributes: true });
    });
    return button;
  }

  function showDetails(table, row) {
    document.getElementById("details-title").textContent = named(table, row);
    const body = dialog.querySelector(".body");
    body.replaceChildren();
    const get = (name) => shownValue(table, name, row);
    const lead = element("div", "lead");
    if (get("severity")) {
      const line = element("p");
      line.append(severity(get("severity")), ` ${get("severity_reason")}`);
      lead.append(line);
    }
    if (get("next_step")) {
      const line = element("p", "next");
      line.append(element("strong", "", "Next: "), get("next_step"));
      lead.append(line);
    }
    if (get("wireshark_filter")) {
      lead.append(element("h3", "", "Wireshark display filter"), copiable(get("wireshark_filter"), "filter"));
    }
    if (get("community_id") && table.title === "Flows") {
      const command = `annotate explain CAPTURE ${get("community_id")}`;
      lead.append(element("h3", "", "Its bytes, beside what was read from them"), copiable(command, "command"));
    }
    if (get("responder_addr") && get("port") !== null && document.getElementById("table-flows")) {
      lead.append(flowsButton(`${get("responder_addr")} ${get("port")}/${get("transport")}`));
    }
    const list = element("dl");
    const empty = [];
    for (const column of table.columns) {
      const value = get(column.n);
      if (column.n === "wireshark_filter") continue;
      if (value === null || flat(value) === null) {
        empty.push(column.n);
        continue;
      }
      const box = element("div");
      const text = described(value, column.k) + (column.u && column.k === "integer" ? ` ${column.u}` : "");
      const term = element("dt", "", column.n);
      term.title = column.d.replaceAll("`", "");
      box.append(term, element("dd", "", text));
      list.append(box);
    }
    body.append(lead, element("h3", "", "All columns"), list);
    if (empty.length) body.append(element("p", "note", `Nothing in: ${empty.join(", ")}.`));
    dialog.showModal();
    body.scrollTop = 0;
  }

  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });

  /* -- tables ------------------------------------------------------------------------------------------------- */

  const VIRTUAL = 40; /* rows from which a table scrolls in itself, and makes only the rows that are seen */
  const WRAPPED = 200; /* rows up to which cells may have several lines */

  function formatter(kind, wrapped) {
    return (cell) => {
      const value = cell.getValue();
      if (kind === "severity") return severity(value);
      const made = element("bdi", value === null ? "nothing" : "", shownText(kind, value));
      if (kind === "text" && !wrapped && value) made.title = value;
      return made;
    };
  }

  /** A header filter: an input or a choice with a label, which calls back at each change. */
  function filterBox(shown, words) {
    return (cell, onRendered, success) => {
      let box;
      if (shown.q === "choice") {
        box = element("select");
        box.append(new Option("all", ""));
        for (const word of words) box.append(new Option(readable(word), word));
        box.addEventListener("change", () => success(box.value));
      } else {
        box = element("input");
        box.type = "search";
        let timer = 0;
        box.addEventListener("input", () => {
          clearTimeout(timer);
          timer = setTimeout(() => success(box.value), 120);
        });
      }
      box.setAttribute("aria-label", `Filter ${shown.t}${shown.q === "least" ? ", at least" : ""}`);
      box.addEventListener("keydown", (event) => event.stopPropagation());
      return box;
    };
  }

  /** A number as people type it: 1500, 1,500, 1.5k, 2 MB. */
  function amount(text) {
    const found = /^\s*([\d.,]+)\s*([kmgt]?)b?\s*$/i.exec(text);
    if (!found) return NaN;
    const power = { "": 0, k: 1, m: 2, g: 3, t: 4 }[found[2].toLowerCase()];
    return Number(found[1].replaceAll(",", "")) * 1000 ** power;
  }

  function passes(shown) {
    if (shown.q === "choice") return (wanted, value) => value === wanted;
    if (shown.q === "least") {
      return (wanted, value) => {
        const least = amount(wanted);
        return Number.isNaN(least) || value >= least;
      };
    }
    return (wanted, value) => shownText(shown.k, value).toLowerCase().includes(wanted.toLowerCase());
  }

  function sorter(table, shown) {
    const key = shown.s || shown.f;
    const column = table.values[key] || table.shows[key];
    const value = shown.k === "severity" ? (row) => RANK[at(column, row)] : (row) => at(column, row);
    return (a, b, first, second) => {
      const left = value(first.getData().id);
      const right = value(second.getData().id);
      if (left === right) return first.getData().id - second.getData().id;
      if (left === null) return -1;
      if (right === null) return 1;
      return left < right ? -1 : 1;
    };
  }

  function title(shown) {
    return () => {
      const button = element("button", "sorts", shown.t);
      button.type = "button";
      return button;
    };
  }

  function columnOf(table, shown, wrapped) {
    const column = table.shows[shown.f] || table.values[shown.f];
    const words = shown.q === "choice" ? [...new Set(Array.isArray(column) ? column : column.w)].sort() : [];
    if (shown.k === "severity") words.sort((a, b) => RANK[a] - RANK[b]);
    const numeric = shown.k === "count" || shown.k === "size";
    return {
      field: shown.f,
      title: shown.t,
      titleFormatter: title(shown),
      formatter: formatter(shown.k, wrapped),
      sorter: sorter(table, shown),
      headerSortStartingDir: numeric ? "desc" : "asc",
      headerFilter: filterBox(shown, words),
      headerFilterFunc: passes(shown),
      headerFilterLiveFilter: false,
      headerFilterPlaceholder: shown.q === "least" ? "at least" : "contains",
      hozAlign: numeric ? "right" : "left",
      minWidth: shown.w,
      widthGrow: shown.g || 0.2,
      responsive: shown.r,
      cssClass: `is-${shown.k}`,
    };
  }

  /** Finds the rows with a word in any column: what recurs is looked at once, not once a row. */
  function finder(table) {
    const lower = (values) => values.map((value) => String(flat(value) ?? "").toLowerCase());
    let columns = null;
    return (word) => {
      columns ??= [...Object.values(table.values), ...Object.values(table.shows)].map((column) =>
        Array.isArray(column) ? { texts: lower(column) } : { texts: lower(column.w), codes: column.c },
      );
      const found = new Uint8Array(table.rows);
      for (const { texts, codes } of columns) {
        if (codes) {
          const hit = texts.map((text) => text.includes(word));
          if (!hit.includes(true)) continue;
          for (let row = 0; row < table.rows; row += 1) if (hit[codes[row]]) found[row] = 1;
        } else {
          for (let row = 0; row < table.rows; row += 1) if (!found[row] && texts[row].includes(word)) found[row] = 1;
        }
      }
      return found;
    };
  }

  function detailsColumn(table) {
    return {
      title: "",
      field: "id",
      headerSort: false,
      width: 42,
      minWidth: 42,
      responsive: 0,
      resizable: false,
      titleFormatter: () => element("span", "hidden", "details"),
      formatter: (cell) => {
        const row = cell.getData().id;
        const button = element("button", "opens", "⋯");
        button.type = "button";
        button.setAttribute("aria-label", `Details of ${named(table, row)}`);
        button.setAttribute("aria-haspopup", "dialog");
        return button;
      },
    };
  }

  function build(box) {
    const key = box.dataset.table;
    const table = parsed(`data-${key}`);
    const wrapped = table.rows <= WRAPPED;
    const rows = Array.from({ length: table.rows }, (_, id) => {
      const row = { id };
      for (const shown of table.shown) row[shown.f] = shownValue(table, shown.f, id);
      return row;
    });
    const live = box.querySelector(".live");
    live.classList.toggle("wrapped", wrapped);
    const grid = new Tabulator(live, {
      data: rows,
      index: "id",
      columns: [detailsColumn(table), ...table.shown.map((shown) => columnOf(table, shown, wrapped))],
      columnDefaults: { headerSortTristate: true, vertAlign: "top" },
      layout: "fitColumns",
      responsiveLayout: "hide",
      height: table.rows > VIRTUAL ? "min(72vh, 44rem)" : false,
      renderVertical: table.rows > VIRTUAL ? "virtual" : "basic",
      placeholder: "No row passes the filters.",
      headerSortElement: "<i aria-hidden='true'></i>",
      columnHeaderVertAlign: "bottom",
    });
    const counted = box.querySelector(".count");
    const chosen = () => grid.getRows("active").map((row) => row.getData().id);
    const recount = (shown) => {
      counted.textContent =
        shown === table.rows ? `${count(shown)} rows` : `${count(shown)} of ${count(table.rows)} rows`;
      live.setAttribute("aria-rowcount", shown);
    };
    live.setAttribute("aria-label", table.title);
    grid.on("dataFiltered", (filters, left) => recount(left.length));
    grid.on("rowClick", (event, row) => {
      if (String(document.getSelection())) return; /* somebody is marking text */
      showDetails(table, row.getData().id);
    });
    const find = finder(table);
    const search = box.querySelector("input[type=search]");
    let timer = 0;
    search.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
        const found = words.map(find);
        grid.setFilter((row) => found.every((rows) => rows[row.id]));
      }, 120);
    });
    box.querySelector(".clear").addEventListener("click", () => {
      search.value = "";
      for (const shown of table.shown) grid.setHeaderFilterValue(shown.f, "");
      for (const part of live.querySelectorAll(".tabulator-header-filter input, .tabulator-header-filter select")) {
        part.value = "";
      }
      grid.clearFilter(true);
      grid.clearSort();
      say("Filters cleared");
    });
    box.querySelector(".copy").addEventListener("click", () => {
      const rowsNow = chosen();
      copy(tabbed(table, rowsNow), `${count(rowsNow.length)} rows`);
    });
    box.querySelector(".export").addEventListener("click", () => {
      const rowsNow = chosen();
      save(`${key}.csv`, csv(table, rowsNow));
      say(`Saved ${count(rowsNow.length)} rows`);
    });
    grid.on("tableBuilt", () => {
      /* a grid has rows and nothing else; the rows' buttons are what the keyboard reaches, and scrolls to */
      const holder = live.querySelector(".tabulator-tableholder");
      holder.removeAttribute("tabindex");
      holder.setAttribute("role", "presentation");
      box.classList.add("built");
    });
  }

  /* A table is made when it comes near: a page with many rows opens at once. */
  const waiting = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        waiting.unobserve(entry.target);
        build(entry.target);
      }
    },
    { rootMargin: "800px" },
  );
  for (const box of document.querySelectorAll(".data-table")) waiting.observe(box);

  /* -- timeline ----------------------------------------------------------------------------------------------- */

  const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const charts = [];

  function timeline(box, output, line) {
    const bins = line.series[0].bytes.length;
    const times = Array.from({ length: bins }, (_, place) => line.start + (place + 0.5) * line.bin);
    const sums = new Array(bins).fill(0);
    const stacked = line.series.map((part) => part.bytes.map((octets, place) => (sums[place] += octets)));
    const stamp = (seconds) => {
      const text = new Date(Math.round(seconds * 1000)).toISOString();
      return line.bin < 1 ? text.slice(11, 23) : text.slice(11, 19);
    };
    const day = (seconds) => new Date(Math.round(seconds * 1000)).toISOString().slice(0, 10);
    const axis = (room, space, values) => ({
      size: room,
      space,
      values,
      stroke: () => color("--soft"),
      grid: { stroke: () => color("--line"), width: 1 },
      ticks: { show: false },
      font: "12px system-ui, sans-serif",
    });
    const long = bins * line.bin > 2 * 86400;
    const chart = new uPlot(
      {
        width: box.clientWidth,
        height: 220,
        legend: { show: false },
        cursor: { y: false, points: { show: false } },
        scales: { x: { time: false }, y: { range: (_, low, high) => [0, Math.max(high, 1)] } },
        axes: [
          axis(30, 110, (_, splits) => splits.map((second) => (long ? day(second) : stamp(second).replace(".000", "")))),
          axis(64, 34, (_, splits) => splits.map((octets) => size(octets))),
        ],
        /* the tallest first: what is stacked below is drawn over it */
        series: [
          {},
          ...line.series.map((part, place) => ({
            label: part.word,
            fill: () => color(`--${part.word}`),
            width: 0,
            points: { show: false },
            paths: uPlot.paths.bars({ size: [0.9, 60] }),
            place,
          })),
        ].map((series, place, all) => (place ? all[all.length - place] : series)),
        hooks: {
          setCursor: [
            (self) => {
              const place = self.cursor.idx;
              if (place === null || place === undefined) return;
              const parts = line.series.map((part) => `${readable(part.word)} ${size(part.bytes[place])}`);
              output.textContent = `${day(times[place])} ${stamp(times[place] - line.bin / 2)} UTC: ${parts.join(", ")}`;
            },
          ],
        },
      },
      [times, ...stacked.reverse()],
      box,
    );
    charts.push(chart);
    new ResizeObserver(() => {
      if (box.clientWidth) chart.setSize({ width: box.clientWidth, height: 220 });
    }).observe(box);
  }

  const box = document.getElementById("timeline");
  if (box && data.timeline) timeline(box, document.getElementById("timeline-at"), data.timeline);

  /* -- light and dark ----------------------------------------------------------------------------------------- */

  const theme = document.getElementById("theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (document.documentElement.dataset.theme || (system.matches ? "dark" : "light")) === "dark";
  const repaint = () => {
    theme.setAttribute("aria-pressed", String(isDark()));
    for (const chart of charts) chart.redraw(false);
  };
  theme.addEventListener("click", () => {
    document.documentElement.dataset.theme = isDark() ? "light" : "dark";
    repaint();
  });
  system.addEventListener("change", repaint);
  repaint();
})();
