// Runs before the page is drawn: a chosen theme does not flash, a long table is not laid out whole.
"use strict";
const themeStore = {
  get() { try { return localStorage.getItem("porter-theme"); } catch { return null; } },
  set(value) { try { localStorage.setItem("porter-theme", value); } catch { /* kept for this page only */ } },
};
document.documentElement.classList.add("scripted");
{
  const chosen = themeStore.get();
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
}
