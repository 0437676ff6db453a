// Toasts: what was done just now. Errors stay until closed; the rest fades.
function dismissLater(line) {
  if (line.classList.contains("toast-error") || line.dataset.timed) return;
  line.dataset.timed = "1";
  setTimeout(() => line.remove(), 6000);
}

export function toast(text, tag = "info") {
  const box = document.getElementById("toasts");
  if (!box || !text) return;
  const line = document.createElement("div");
  line.className = `toast-line toast-${tag}`;
  line.dataset.toast = "";
  const span = document.createElement("span");
  span.textContent = text;
  line.append(span);
  box.append(line);
  setTimeout(() => line.remove(), 8000);
}

export function startToasts() {
  document.addEventListener("click", (event) => event.target.closest("[data-toast-close]")?.closest("[data-toast]")?.remove());
  for (const line of document.querySelectorAll("[data-toast]")) dismissLater(line);
  document.body.addEventListener("toast", (event) => toast(event.detail?.text ?? event.detail?.value ?? "", event.detail?.tag));
}
