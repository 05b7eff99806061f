// Makes new messages appear by themselves. The server renders everything; this fetches the page anew
// and takes over what differs, so that a reply being typed, an open email and the focus stay.
"use strict";

const live = document.getElementById("live");

function show(state, word) {
  if (live.dataset.state === state) return;
  live.dataset.state = state;
  live.querySelector(".word").textContent = word;
}

// Children of a live container have ids. One whose data-version is the same is left alone; one that
// holds live containers itself is compared inside.
function merge(current, fresh) {
  const wanted = new Set(Array.from(fresh.children, (child) => child.id));
  for (const child of [...current.children]) if (!wanted.has(child.id)) child.remove();
  let place = current.firstElementChild;
  for (const child of [...fresh.children]) {
    const known = document.getElementById(child.id);
    if (!known) {
      child.classList.add("arrived");
      localize(child);
      current.insertBefore(child, place);
      continue;
    }
    if (known !== place) current.insertBefore(known, place);
    place = known.nextElementSibling;
    if (known.querySelector("[data-live]")) mergeInside(known, child);
    else if (known.dataset.version !== child.dataset.version) {
      localize(child);
      known.replaceWith(child);
    }
  }
}

function mergeInside(current, fresh) {
  const around = fresh.closest("[data-live]");
  for (const part of fresh.querySelectorAll("[data-live]")) {
    if (part.parentElement.closest("[data-live]") !== around) continue; // its container's turn
    const mine = document.getElementById(part.id);
    if (!mine || !current.contains(mine)) continue;
    const isAtEnd = mine.scrollHeight - mine.scrollTop - mine.clientHeight < 40;
    merge(mine, part);
    if (isAtEnd && mine.classList.contains("bubbles")) mine.scrollTop = mine.scrollHeight;
  }
}

function localize(part) {
  for (const time of part.querySelectorAll("time")) {
    time.textContent = new Date(time.dateTime).toLocaleTimeString();
  }
}

let isFetching = false;
let isStale = false;

async function refresh() {
  isStale = true;
  if (isFetching) return;
  isFetching = true;
  try {
    while (isStale) {
      isStale = false;
      const answer = await fetch(`/${location.search}`);
      if (!answer.ok) continue;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      mergeInside(document.body, fresh.body);
    }
  } catch {
    show("lost", "Connection lost, trying again");
  } finally {
    isFetching = false;
  }
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!("quiet" in form.dataset)) return;
  event.preventDefault();
  const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) })
    .catch(() => null);
  if (!answer || !answer.ok) return form.submit(); // the plain way shows what is wrong
  form.elements.text.value = "";
  refresh();
});

localize(document.body);
for (const texts of document.querySelectorAll(".bubbles")) texts.scrollTop = texts.scrollHeight;

const events = new EventSource("/events");
events.addEventListener("open", () => show("on", "New messages appear by themselves"));
events.addEventListener("changed", refresh);
events.addEventListener("error", () => show("lost", "Connection lost, trying again"));
