"use strict";
for (const table of document.querySelectorAll("table.sortable")) {
  for (const [column, head] of [...table.tHead.rows[0].cells].entries()) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      const key = row => {
        const text = row.cells[column].textContent.trim().replaceAll("\u2212", "-").replace(/^< /, "").replaceAll(",", "");
        const number = /^\d{4}-\d\d-\d\d/.test(text) ? NaN : parseFloat(text);
        return Number.isNaN(number) ? text : number;
      };
      const compare = (a, b) => typeof a === typeof b ? (a > b) - (a < b) : (typeof a === "number" ? -1 : 1);
      const rows = [...table.tBodies[0].rows].sort((a, b) => compare(key(a), key(b)) * (down ? -1 : 1));
      table.tBodies[0].append(...rows);
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
    });
  }
}
for (const maps of document.querySelectorAll(".maps")) {
  const choice = maps.querySelector("select");
  choice.closest("p").hidden = false;
  choice.addEventListener("change", () => {
    for (const map of maps.querySelectorAll(".map")) map.hidden = map.dataset.metric !== choice.value;
  });
}
document.documentElement.classList.add("interactive");
