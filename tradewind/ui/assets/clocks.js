// The clocks of the top bar go on; the zone's own rules decide the time.
const formats = new Map();

function format(zone) {
  if (!formats.has(zone)) formats.set(zone, new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone }));
  return formats.get(zone);
}

function tick() {
  for (const clock of document.querySelectorAll("[data-clock]")) {
    try {
      clock.textContent = format(clock.dataset.clock).format(new Date());
    } catch {
      // A browser that does not know the zone keeps the server's time.
    }
  }
}

export function startClocks() {
  if (!document.querySelector("[data-clock]")) return;
  tick();
  setInterval(tick, 15000);
}
