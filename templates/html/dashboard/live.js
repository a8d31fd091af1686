// Only in pages that porter dashboard --serve hands out: loads the page again when the ledger has changed.
"use strict";
{
  let known = null;
  const look = async () => {
    try {
      const { version } = await (await fetch("/live", { cache: "no-store" })).json();
      if (known !== null && version !== known) location.reload();
      known = version;
    } catch { /* the server is gone: the page stays readable */ }
  };
  setInterval(() => { if (!document.hidden) look(); }, 1000);
  look();
}
