// Runs before the page is drawn, so that a chosen theme does not flash.
"use strict";
const themeStore = {
  get() { try { return localStorage.getItem("porter-theme"); } catch { return null; } },
  set(value) { try { localStorage.setItem("porter-theme", value); } catch { /* kept for this page only */ } },
};
{
  const chosen = themeStore.get();
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
}
