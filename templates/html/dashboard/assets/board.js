// Sorting, filtering and the theme button. Without it every page reads the same, in the order it was written.
"use strict";

function setUpTheme(button) {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const current = () => document.documentElement.dataset.theme || (system.matches ? "dark" : "light");
  const label = () => {
    const other = current() === "dark" ? "light" : "dark";
    button.textContent = other === "dark" ? "Dark" : "Light";
    button.setAttribute("aria-label", `Use the ${other} theme`);
  };
  button.addEventListener("click", () => {
    const other = current() === "dark" ? "light" : "dark";
    document.documentElement.dataset.theme = other;
    themeStore.set(other);
    label();
  });
  system.addEventListener("change", label);
  button.hidden = false;
  label();
}

function sortKey(row, column) {
  const cell = row.cells[column];
  return cell.dataset.value === undefined ? cell.textContent.trim() : Number(cell.dataset.value);
}

const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

function compare(a, b) {
  return typeof a === "number" && typeof b === "number" ? a - b : collator.compare(a, b);
}

function sortTable(table, header) {
  const descending = header.getAttribute("aria-sort") === "ascending";
  const body = table.tBodies[0];
  const keyed = Array.from(body.rows, (row) => [sortKey(row, header.cellIndex), row]);
  keyed.sort((a, b) => (descending ? compare(b[0], a[0]) : compare(a[0], b[0])));
  for (const other of header.parentElement.cells) other.removeAttribute("aria-sort");
  header.setAttribute("aria-sort", descending ? "descending" : "ascending");
  body.remove(); // rows that move inside of the page are each looked at by the style sheet
  body.append(...keyed.map(([, row]) => row));
  table.append(body);
}

function setUpSorting(table) {
  for (const header of table.tHead.rows[0].cells) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...header.childNodes);
    header.append(button);
    button.addEventListener("click", () => sortTable(table, header));
  }
}

function setUpFilter(form) {
  const rows = Array.from(document.getElementById(form.dataset.filter).tBodies[0].rows);
  const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
  const { find, status } = form.elements;
  const output = form.querySelector("output");

  function apply() {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const fits = (!status || !status.value || row.dataset.status === status.value)
        && words.every((word) => texts.get(row).includes(word));
      if (row.hidden === fits) row.hidden = !fits;
      shown += fits;
    }
    output.value = shown === rows.length ? `${rows.length} ${form.dataset.things}`
      : `${shown} of ${rows.length} ${form.dataset.things}`;
  }

  function fromAddress() {
    const asked = new URLSearchParams(location.hash.slice(1));
    if (!asked.has("status") && !asked.has("find")) return false;
    find.value = asked.get("find") || "";
    if (status) status.value = asked.get("status") || "";
    apply();
    return true;
  }

  function toAddress() {
    const asked = new URLSearchParams();
    if (status && status.value) asked.set("status", status.value);
    if (find.value) asked.set("find", find.value);
    history.replaceState(null, "", `#${asked}`);
  }

  for (const event of ["input", "change"]) form.addEventListener(event, () => { apply(); toAddress(); });
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("hashchange", () => { if (fromAddress()) form.scrollIntoView({ block: "start" }); });
  form.hidden = false;
  if (!fromAddress()) apply();
}

function setUpLimit(table) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "more";
  button.textContent = `Show all ${table.tBodies[0].rows.length} rows`;
  button.addEventListener("click", () => { table.classList.remove("limited"); button.remove(); });
  table.closest(".scroll").after(button);
}

for (const button of document.querySelectorAll("[data-theme-toggle]")) setUpTheme(button);
for (const table of document.querySelectorAll("table[data-sortable]")) setUpSorting(table);
for (const table of document.querySelectorAll("table.limited")) setUpLimit(table);
for (const form of document.querySelectorAll("form[data-filter]")) setUpFilter(form);
