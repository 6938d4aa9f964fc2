// Shows the photos that are safe on the server, with caption and remove, by the same names as the page.

/** Replace a list by what is kept; `problem` is said below it. */
export function showKept(list, name, photos, problem) {
  const captions = new Map(
    [...list.querySelectorAll("input[maxlength]")].map((one) => [one.name, one.value]),
  );
  list.replaceChildren(...photos.map((photo, index) => item(list.ownerDocument, name, photo, index + 1, captions)));
  list.hidden = photos.length === 0;
  const said = list.parentElement.querySelector("[data-refused]");
  said?.remove();
  if (problem) {
    const words = list.ownerDocument.createElement("p");
    words.className = "govuk-error-message";
    words.dataset.refused = "";
    words.textContent = problem;
    list.after(words);
  }
}

function item(document, name, photo, number, captions) {
  const made = document.createElement("li");
  made.className = "ds-photo";
  const waiting = document.createElement("div");
  waiting.className = "ds-photo__waiting";
  const words = document.createElement("span");
  words.textContent = `Photo ${number} is safe. It is being prepared.`;
  waiting.append(words);
  const caption = input(document, `${name}-caption.${photo.key}`, "text", "govuk-input");
  caption.maxLength = 200;
  caption.value = captions.get(caption.name) ?? photo.caption;
  const remove = input(document, `${name}-remove.${photo.key}`, "checkbox", "govuk-checkboxes__input");
  remove.value = "yes";
  const boxes = document.createElement("div");
  boxes.className = "govuk-checkboxes govuk-checkboxes--small";
  const box = document.createElement("div");
  box.className = "govuk-checkboxes__item";
  box.append(remove, label(document, remove.id, "Remove", ` photo ${number}`, "govuk-label govuk-checkboxes__label"));
  boxes.append(box);
  made.append(waiting, label(document, caption.id, "Caption", ` of photo ${number}`, "govuk-label"), caption, boxes);
  return made;
}

function input(document, name, type, className) {
  const made = document.createElement("input");
  Object.assign(made, { id: name, name, type, className });
  return made;
}

function label(document, id, text, hidden, className) {
  const made = document.createElement("label");
  made.className = className;
  made.htmlFor = id;
  made.append(text);
  const more = document.createElement("span");
  more.className = "govuk-visually-hidden";
  more.textContent = hidden;
  made.append(more);
  return made;
}
