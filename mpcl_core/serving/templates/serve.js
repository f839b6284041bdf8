"use strict";
const labels = JSON.parse(document.body.dataset.labels);
const MOST = 600;
const byId = id => document.getElementById(id);
const show = (element, text) => { element.textContent = text; element.hidden = !text; };
const make = (tag, name) => { const element = document.createElement(tag); element.className = name; return element; };
const makeSvg = (tag, attributes) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
};
const clock = seconds => {
  const whole = Math.max(Math.round(seconds), 0);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
};

class Chart {
  constructor(host) {
    this.host = host;
    this.rows = [];
    host.replaceChildren();
    this.parts = labels.map(label => {
      const row = make("div", "emotion");
      const name = make("span", "name");
      name.textContent = label;
      const bar = make("div", "bar"), fill = make("div", "fill"), whisker = make("div", "whisker");
      bar.append(fill, whisker);
      const course = makeSvg("svg", { class: "course", viewBox: "0 0 100 100", preserveAspectRatio: "none", role: "img" });
      const band = makeSvg("path", { class: "band" }), line = makeSvg("path", { class: "line" });
      course.append(band, line);
      const value = make("span", "value"), small = document.createElement("small"), number = document.createElement("span");
      value.append(number, small);
      row.append(name, bar, course, value);
      host.append(row);
      return { label, fill, whisker, course, band, line, number, small };
    });
  }

  add(row) {
    this.rows.push(row);
    if (this.rows.length > MOST) this.rows.shift();
  }

  draw(shown) {
    const hasBars = `low_${labels[0]}` in shown;
    const highest = Math.max(...this.rows.flatMap(row => labels.map(label => row[hasBars ? `high_${label}` : label])));
    const top = Math.min(Math.max(Math.ceil(highest * 10) / 10, 0.1), 1);
    const begin = this.rows[0].t_stop, end = this.rows.at(-1).t_stop;
    const x = row => end > begin ? 100 * (row.t_stop - begin) / (end - begin) : 50;
    const y = share => 100 - 96 * Math.min(share / top, 1);
    const path = (points, first) => points.map(([a, b], i) => `${i || !first ? "L" : "M"}${a.toFixed(2)} ${b.toFixed(2)}`).join("");
    for (const part of this.parts) {
      const share = shown[part.label], low = shown[`low_${part.label}`], high = shown[`high_${part.label}`];
      part.fill.style.width = `${100 * Math.min(share / top, 1)}%`;
      part.whisker.hidden = !hasBars;
      if (hasBars) {
        part.whisker.style.left = `${100 * low / top}%`;
        part.whisker.style.width = `${100 * (Math.min(high, top) - low) / top}%`;
        const upper = this.rows.map(row => [x(row), y(row[`high_${part.label}`])]);
        const lower = this.rows.map(row => [x(row), y(row[`low_${part.label}`])]).reverse();
        part.band.setAttribute("d", `${path(upper, true)}${path(lower, false)}Z`);
      }
      part.line.setAttribute("d", path(this.rows.map(row => [x(row), y(row[part.label])]), true));
      part.course.setAttribute("aria-label", `${part.label} over time`);
      part.number.textContent = share.toFixed(2);
      part.small.textContent = hasBars ? ` (${low.toFixed(2)}\u2013${high.toFixed(2)})` : "";
    }
    return top;
  }
}

const note = (top, rows) => `Bars and curves range from 0 to ${top.toFixed(1)}; the curves show ${clock(rows.at(-1).t_stop - rows[0].t_start)} (${rows.length} windows).`;

function showModalities(host, states) {
  host.replaceChildren(...states.map(([name, state, text]) => {
    const item = make("li", state);
    item.textContent = `${name}: ${text}`;
    return item;
  }));
}

function follow() {
  const chart = new Chart(byId("live-chart"));
  let pending = null, key = null, ended = false;
  const update = () => {
    const row = pending;
    pending = null;
    const delay = row.delay === null ? "" : `, predicted ${row.delay.toFixed(2)} s after its end`;
    if (!ended) show(byId("live-state"), `Window ${row.window + 1}${row.trial ? ` of ${row.subject} ${row.trial}` : ""}${delay}`);
    const names = Object.keys(row).filter(name => name.startsWith("present_")).map(name => name.slice(8));
    showModalities(byId("live-modalities"), names.map(name => {
      const state = row[`signal_${name}`];
      if (state === undefined) return row[`present_${name}`] ? [name, "good", "computed"] : [name, "absent", "absent"];
      const share = Math.floor(100 * (row[`received_${name}`] ?? 0));
      return [name, state, state === "gaps" ? `absent, ${share} % received` : state === "good" ? "good signal" : state];
    }));
    show(byId("live-flags"), row.flags.replaceAll(";", ", "));
    show(byId("live-note"), note(chart.draw(row), chart.rows));
  };
  const events = new EventSource("live");
  events.addEventListener("message", message => {
    const event = JSON.parse(message.data);
    if (event.type === "end") {
      ended = true;
      show(byId("live-state"), "The recording has ended.");
    }
    else if (event.type === "error") show(byId("live-flags"), event.message);
    else {
      ended = false;
      const origin = `${event.subject}\n${event.trial}`;
      if (origin !== key) chart.rows = [];
      key = origin;
      chart.add(event);
      if (!pending) requestAnimationFrame(update);
      pending = event;
    }
  });
  events.addEventListener("open", () => { chart.rows = []; });
  events.addEventListener("error", () => show(byId("live-state"), "No connection to the server; trying again \u2026"));
}

function rowsOf(answer) {
  const names = Object.keys(answer.columns);
  return Array.from({ length: answer.windows }, (_, i) => Object.fromEntries(names.map(name => [name, answer.columns[name][i]])));
}

function meanOf(rows) {
  const names = Object.keys(rows[0]).filter(name => typeof rows[0][name] === "number");
  return Object.fromEntries(names.map(name => [name, rows.reduce((sum, row) => sum + row[name], 0) / rows.length]));
}

function asCsv(rows) {
  const cell = value => { const text = String(value ?? ""); return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text; };
  const names = Object.keys(rows[0]);
  return [names, ...rows.map(row => names.map(name => row[name]))].map(line => line.map(cell).join(",")).join("\n");
}

let result = [];

async function upload(event) {
  event.preventDefault();
  const form = event.target, button = form.querySelector(".primary"), sent = new FormData();
  sent.append("file", form.elements.file.files[0]);
  for (const rate of form.elements.rates.value.split(/[\s,;]+/).filter(Boolean)) sent.append("rate", rate);
  const stretch = form.elements.stretch?.value ?? "";
  if (stretch) sent.append("stretch", stretch);
  button.disabled = true;
  show(byId("upload-error"), "");
  show(byId("upload-state"), "Predicting \u2026");
  try {
    const answer = await fetch("predict", { method: "POST", body: sent });
    const content = await answer.json();
    if (!answer.ok) throw new Error(content.error);
    result = rowsOf(content);
    const chart = new Chart(byId("upload-chart"));
    chart.rows = result;
    show(byId("upload-state"), `Mean of ${result.length} window${result.length === 1 ? "" : "s"} of ${stretch ? result[0].trial.replace(/@[^@]*$/, "") : result[0].trial}`);
    const names = Object.keys(result[0]).filter(name => name.startsWith("present_"));
    showModalities(byId("upload-modalities"), names.map(name => {
      const share = result.filter(row => row[name]).length / result.length;
      return [name.slice(8), share === 1 ? "good" : "gaps", share ? `in ${Math.round(100 * share)} % of the windows` : "absent"];
    }));
    show(byId("upload-note"), note(chart.draw(meanOf(result)), result));
    byId("save").hidden = false;
  } catch (error) {
    show(byId("upload-state"), "");
    show(byId("upload-error"), error.message);
  } finally {
    button.disabled = false;
  }
}

byId("upload").addEventListener("submit", upload);
byId("save").addEventListener("click", () => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([asCsv(result)], { type: "text/csv" }));
  link.download = "predictions.csv";
  link.click();
  URL.revokeObjectURL(link.href);
});
if (document.body.dataset.live === "yes") follow();
