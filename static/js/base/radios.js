// Takes aria-expanded off radio buttons: GOV.UK Frontend sets it on those that reveal further
// fields, and ARIA 1.2 does not allow it on a radio, so some screen readers say nonsense.

/** Drop the attribute now, and again whenever it is set. */
export function dropExpandedFromRadios(root) {
  const drop = (input) => input.removeAttribute("aria-expanded");
  const watcher = new MutationObserver((changes) => {
    for (const { target } of changes) if (target.hasAttribute("aria-expanded")) drop(target);
  });
  for (const input of root.querySelectorAll("input[type=radio][aria-expanded]")) {
    drop(input);
    watcher.observe(input, { attributeFilter: ["aria-expanded"] });
  }
}
