// The form of an inspection: shows what an answer asks for, an emergency at once, and saves while one types.
// Everything works without it; what it saves goes to the same address by the same names.

import { makeAutosave } from "./autosave.js";
import { lacksPhoto, needsOf } from "./needs.js";
import { showKept } from "./photos.js";

const form = document.querySelector("form[data-inspection]");
if (form) start(form);

function start(form) {
  const saved = form.querySelector("[data-saved]");
  const autosave = makeAutosave({ send: () => save(form, saved) });
  for (const box of form.querySelectorAll("[data-question]")) show(box);
  form.addEventListener("change", (event) => {
    const box = event.target.closest("[data-question]");
    if (box) show(box, event.target);
    if (!saved) return;
    if (event.target.type === "file") autosave.now();
    else autosave.changed();
  });
  form.addEventListener("input", (event) => {
    const box = event.target.closest("[data-question]");
    if (box) show(box, event.target);
    if (saved && event.target.type !== "file") autosave.changed();
  });
  form.addEventListener("submit", () => autosave.stop());
}

function answerOf(box) {
  const name = box.dataset.question;
  const chosen = [...box.querySelectorAll("input, textarea")].filter((one) => one.name === name);
  const picked = chosen.find((one) => one.checked);
  return picked?.value ?? chosen.find((one) => !["radio", "checkbox"].includes(one.type))?.value ?? "";
}

/** A number and "could not check" cannot both be true: the later one counts. */
function clearOther(box, target) {
  if (target.name !== box.dataset.question) return;
  const others = [...box.querySelectorAll("input, textarea")].filter(
    (one) => one.name === target.name && one !== target,
  );
  const isBox = (one) => ["radio", "checkbox"].includes(one.type);
  for (const one of others) {
    if (isBox(one) && !isBox(target) && target.value) one.checked = false;
    if (!isBox(one) && isBox(target) && target.checked) one.value = "";
  }
}

function show(box, target) {
  if (target) clearOther(box, target);
  const part = (name) => box.querySelector(`[data-part="${name}"]`);
  const reason = part("reason");
  const raise = part("raise");
  const needs = needsOf(answerOf(box), box.dataset, {
    reason: Boolean(reason?.querySelector("textarea").value) || Boolean(reason?.querySelector(".govuk-error-message")),
    raise: Boolean(raise?.querySelector("input").checked),
  });
  if (reason) reason.hidden = !needs.reason;
  if (raise) raise.hidden = !needs.raise;
  const lacks = box.querySelector("[data-lacks]");
  if (lacks) {
    const written = reason?.querySelector("textarea").value ?? "";
    lacks.hidden = !lacksPhoto(answerOf(box), box.dataset.photoWhen ?? "", photosIn(box), written);
  }
  if (needs.panel && target) showPanel(needs.panel);
}

/** How many photos a question has: kept ones that are not to go, and those just chosen. */
function photosIn(box) {
  const kept = [...box.querySelectorAll(".ds-photo")];
  const staying = kept.filter((one) => !one.querySelector("input[type=checkbox]").checked);
  return staying.length + (box.querySelector("input[type=file]")?.files.length ?? 0);
}

/** An emergency comes before anything else, the moment it is chosen. */
function showPanel(id) {
  const template = document.getElementById(`panel-${id}`);
  const place = document.getElementById("safety-now");
  if (!template || !place || place.querySelector(`#emergency-${id}`)) return;
  place.append(template.content.cloneNode(true));
  place.scrollIntoView({ block: "start" });
}

async function save(form, saved) {
  const sent = new Map();
  const body = new FormData(form);
  for (const input of form.querySelectorAll("input[type=file]")) {
    if (input.files.length > 0) sent.set(input, input.value);
    else body.delete(input.name);
  }
  body.set("action", "save");
  for (const name of ["told-who", "told-how", "told-at"]) body.delete(name);
  let answer;
  try {
    answer = await fetch(form.getAttribute("action"), {
      method: "POST",
      body,
      headers: { Accept: "application/json" },
      credentials: "same-origin",
      redirect: "error",
    });
  } catch {
    saved.textContent = "Not saved yet: no connection. Keep this page open.";
    return false;
  }
  if (answer.status === 401 || answer.status === 403) {
    saved.textContent = "Not saved: please sign in again in another tab, then press Save.";
    return false;
  }
  if (!answer.ok && answer.status !== 422) {
    saved.textContent = "Not saved yet. We will try again.";
    return false;
  }
  const told = await answer.json();
  if (told.is_finished) {
    window.location.assign(told.location);
    return true;
  }
  for (const [input, value] of sent) {
    if (input.value !== value) continue;
    const kept = document.getElementById(`${input.id}-kept`);
    const name = input.name.replace(/-photos$/, "");
    if (!told.photos[name] || !kept) continue;
    showKept(kept, name, told.photos[name], told.problems[input.name]);
    input.value = "";
    show(input.closest("[data-question]"));
    document.getElementById(`${input.id}-chosen`)?.replaceChildren();
  }
  const at = new Date(told.saved_at).toLocaleTimeString("en-GB", { hour: "numeric", minute: "2-digit" });
  const wrong = Object.values(told.problems).length;
  saved.textContent = wrong ? `Saved at ${at}, apart from ${wrong === 1 ? "one answer" : `${wrong} answers`} to put right.` : `Saved at ${at}`;
  return true;
}
