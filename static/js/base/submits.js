// Stops a second tap on a form's button from sending the form twice.

const AGAIN_AFTER_MS = 8000;

/** True when this form was sent so short a time ago that a second sending is a slip of the thumb. */
export function isSecondTap(sentAt, now, pause = AGAIN_AFTER_MS) {
  return sentAt !== undefined && now - sentAt < pause;
}

/** Watch every POST form under `root`; GET forms (filters) may be sent as often as one likes. */
export function keepSubmitsSingle(root) {
  const sent = new WeakMap();
  root.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method.toLowerCase() !== "post") return;
    if (isSecondTap(sent.get(form), Date.now())) {
      event.preventDefault();
      return;
    }
    sent.set(form, Date.now());
  });
  // Coming back with the browser's Back button: the page is as it was, so the form may go again.
  root.defaultView?.addEventListener("pageshow", (event) => {
    if (event.persisted) for (const form of root.forms) sent.delete(form);
  });
}
