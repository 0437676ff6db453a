// Runs before the first paint: the system's theme when the person left it to the system.
const root = document.documentElement;
const dark = matchMedia("(prefers-color-scheme: dark)");
root.classList.add("has-js");
function apply() {
  if (root.dataset.theme === "auto") root.dataset.bsTheme = dark.matches ? "dark" : "light";
}
apply();
dark.addEventListener("change", apply);
