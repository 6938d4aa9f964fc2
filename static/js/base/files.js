// Says, below a photo or file picker, what was chosen and which of it is too large to send.

/** A size in bytes as people say it: "340 KB", "2.1 MB". */
export function sizeInWords(bytes) {
  if (bytes < 1000) return `${bytes} bytes`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1000)} KB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** One line for each file: its name, its size and, when over `limit` bytes, that it cannot be sent. */
export function linesFor(files, limit) {
  return Array.from(files, (file) => {
    const isTooLarge = limit > 0 && file.size > limit;
    const end = isTooLarge ? ` – too large, the most is ${sizeInWords(limit)}` : "";
    return { text: `${file.name} (${sizeInWords(file.size)})${end}`, isTooLarge };
  });
}

/** Watch every `input[type=file]` inside an element with `data-ds-files`. */
export function watchFilePickers(root) {
  root.addEventListener("change", (event) => {
    const input = event.target;
    if (!(input instanceof HTMLInputElement) || input.type !== "file") return;
    const list = document.getElementById(`${input.id}-chosen`);
    if (!list) return;
    const limit = Number(list.dataset.limit || 0);
    list.replaceChildren(
      ...linesFor(input.files ?? [], limit).map(({ text, isTooLarge }) => {
        const item = document.createElement("li");
        item.textContent = text;
        if (isTooLarge) item.className = "ds-chosen__refused";
        return item;
      }),
    );
  });
}
