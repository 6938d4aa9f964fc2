// Shows and wires the "Print this page" buttons, which need a script to do anything.

/** Unhide every `button[data-ds-print]` under `root` and make it print. */
export function wirePrintButtons(root) {
  for (const button of root.querySelectorAll("button[data-ds-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}
