// Words for scripts come from the page, in the reader's language.
export const words = () => document.getElementById("words")?.dataset ?? {};
export const say = (text) => {
  const live = document.getElementById("live");
  if (live) live.textContent = text;
};
// What a fresh part of the page needs is bound once when it arrives.
export const onFresh = (run) => {
  run(document);
  document.addEventListener("htmx:after:swap", () => run(document));
};
export const cookie = (name, value) => {
  document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
};
