// Light or dark as Airflow's own pages are (next-themes keeps the choice under "theme"), else as the system is.
(() => {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    let chosen = null;
    try { chosen = localStorage.getItem("theme"); } catch { /* storage is closed to us: the system decides */ }
    const dark = chosen === "dark" || (chosen !== "light" && system.matches);
    document.documentElement.dataset.theme = dark ? "dark" : "light";
    document.dispatchEvent(new Event("theme"));
  };
  apply();
  addEventListener("storage", apply);
  system.addEventListener("change", apply);
})();
