// Draws the charts of the page of figures from its JSON; the tables beside them say the same.
"use strict";
(() => {
  const told = document.getElementById("charts");
  if (!told || !window.Chart) return;
  const { days, hours, words } = JSON.parse(told.textContent);
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const [came, left] = [colour("--in"), colour("--out")];
  Chart.defaults.color = colour("--ink");
  Chart.defaults.borderColor = colour("--edge");
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  const language = document.documentElement.lang;

  // Those who went out are outlined only, so that they differ where colours do not.
  const bars = (label, data, style) => ({ label, data, borderWidth: 2, ...style });
  const filled = { backgroundColor: came, borderColor: came };
  const outlined = { backgroundColor: "transparent", borderColor: left };
  const draw = (id, labels, datasets) => {
    const canvas = document.getElementById(id);
    if (!canvas) return;
    new Chart(canvas, {
      type: "bar",
      data: { labels, datasets },
      options: {
        locale: language,
        animation: still ? false : { duration: 300 },
        maintainAspectRatio: false,
        plugins: { legend: { display: datasets.length > 1 } },
        scales: { x: { grid: { display: false } }, y: { beginAtZero: true, ticks: { precision: 0 } } },
      },
    });
  };
  draw("days-chart", days.labels, [bars(words.came, days.came, filled), bars(words.left, days.left, outlined)]);
  draw("hours-chart", hours.labels, [bars(words.came, hours.came, filled)]);
  window.addEventListener("beforeprint", () => Object.values(Chart.instances).forEach((chart) => chart.resize()));
})();
