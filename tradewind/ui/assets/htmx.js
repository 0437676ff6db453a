// Extensions look for the global, so it is set before they are imported.
import htmx from "htmx.org/dist/htmx.esm.js";

window.htmx = htmx;
export default htmx;
