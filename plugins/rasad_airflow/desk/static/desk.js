// Draws charts out of data-chart, switches kinds of facts, and leads from a marked word to its facts.
const colors = () => {
  const style = getComputedStyle(document.documentElement);
  return ["--line-1", "--line-2", "--line-3", "--ink", "--rule"].map((name) => style.getPropertyValue(name).trim());
};

const draw = (place) => {
  const { x, series } = JSON.parse(place.dataset.chart);
  if (!x || !x.length) return;
  place.replaceChildren();
  const [one, two, three, ink, rule] = colors();
  const labels = place.dataset.labels.split("|");
  const axis = { stroke: ink, grid: { stroke: rule, width: 1 }, ticks: { stroke: rule } };
  new uPlot(
    {
      width: Math.max(280, place.clientWidth),
      height: 200,
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
      scales: { y: { range: (_, low, high) => [0, Math.max(1, high * 1.1)] } },
      axes: [
        { ...axis, space: 70, incrs: [1, 2, 7, 14, 28, 91, 182].map((days) => days * 86400), values: (_, ticks) => ticks.map((tick) => new Date(tick * 1000).toISOString().slice(5, 10)) },
        { ...axis, size: 52 },
      ],
      series: [
        { label: document.documentElement.lang === "en" ? "Day" : "اليوم",
          value: (_, at) => (at === null ? "—" : new Date(at * 1000).toISOString().slice(0, 10)) },
        ...series.map((_, n) => ({
          label: labels[n], stroke: [one, two, three][n % 3], width: 2, dash: [[], [6, 4], [2, 3]][n % 3],
          points: { show: x.length < 45, size: 5 },
        })),
      ],
    },
    [x, ...series],
    place,
  );
};

const charts = [...document.querySelectorAll("[data-chart]")];
const drawAll = () => charts.forEach(draw);
drawAll();
document.addEventListener("theme", drawAll);
let width = innerWidth;
addEventListener("resize", () => { if (innerWidth !== width) { width = innerWidth; drawAll(); } });

const text = document.getElementById("text");
const switches = [...document.querySelectorAll("[data-kind]")];
const show = () => {
  for (const box of switches) {
    for (const place of document.querySelectorAll(`.story mark.${box.dataset.kind}`)) {
      place.classList.toggle(`on-${box.dataset.kind}`, box.checked);
    }
  }
};
switches.forEach((box) => box.addEventListener("change", show));
show();

const marks = [...document.querySelectorAll(".story mark[data-facts]")];
const lead = (mark) => {
  const rows = mark.dataset.facts.split(" ").map((n) => document.getElementById(`fact-${n}`));
  document.querySelectorAll("tr.chosen").forEach((row) => row.classList.remove("chosen"));
  rows.forEach((row) => row && row.classList.add("chosen"));
  if (rows[0]) rows[0].scrollIntoView({ block: "center" });
};
for (const mark of marks) {
  const facts = mark.dataset.facts.split(" ").map((n) => document.getElementById(`fact-${n}`));
  mark.title = facts.filter(Boolean).map((row) => [...row.cells].slice(0, 3).map((cell) => cell.innerText.trim()).filter(Boolean).join(" · ")).join("\n");
  mark.addEventListener("click", () => lead(mark));
}
// By keyboard: the facts' table is the list of them; a row leads back to its place in the text.
for (const row of document.querySelectorAll("tr[id^='fact-']")) {
  row.tabIndex = 0;
  const find = () => {
    const number = row.id.slice(5);
    const mark = marks.find((one) => one.dataset.facts.split(" ").includes(number));
    marks.forEach((one) => one.classList.remove("chosen"));
    if (!mark) return;
    marks.filter((one) => one.dataset.facts.split(" ").includes(number)).forEach((one) => one.classList.add("chosen"));
    mark.scrollIntoView({ block: "center" });
  };
  row.addEventListener("click", (event) => { if (!event.target.closest("a")) find(); });
  row.addEventListener("keydown", (event) => { if (event.key === "Enter" && event.target === row) find(); });
}

// Within Airflow's frame a link may open nothing elsewhere: it selects its address instead, so that it can be copied.
if (self !== top) {
  for (const link of document.querySelectorAll("a.out")) {
    link.title = document.documentElement.lang === "en" ? "copy this address" : "انسخ هذا العنوان";
    link.addEventListener("click", (event) => {
      event.preventDefault();
      getSelection().selectAllChildren(link);
    });
  }
}
