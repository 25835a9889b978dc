'use strict';
// Everything works without this. It follows a batch while it is worked on, shows the letter when a choice changes, and
// keeps a form from being sent twice.

const states = {
  queued: ['wait', 'In de wachtrij'],
  working: ['busy', 'Bezig'],
  done: ['ok', 'Klaar'],
  failed: ['bad', 'Mislukt'],
  cancelled: ['none', 'Geannuleerd'],
};
const over = ['done', 'failed', 'cancelled'];
const cancelling = ['busy', 'Wordt geannuleerd'];
const numbers = new Intl.NumberFormat('nl-NL');

// A batch that is worked on: the server tells how far it is.
function follow(region) {
  const source = new EventSource(region.dataset.events);
  let said = 0;
  const look = (event) => {
    let batch;
    try { batch = JSON.parse(event.data); } catch { return; }
    if (!Array.isArray(batch.teams)) return;
    const sum = (field) => batch.teams.reduce((all, team) => all + (team[field] || 0), 0);
    const made = sum('made');
    const expected = sum('expected');
    const ready = batch.teams.filter((team) => team.state === 'done').length;
    const teams = batch.teams.length === 1 ? '1 team' : `${numbers.format(batch.teams.length)} teams`;
    const letters = expected ? `, ${numbers.format(made)} van ${numbers.format(expected)} brieven gemaakt` : '';
    const sentence = `${numbers.format(ready)} van ${teams} klaar${letters}`;
    const soFar = region.querySelector('[data-so-far]');
    if (soFar) soFar.textContent = sentence;
    mark(region.querySelector('.stand .badge'), states[batch.state]);
    fill(region.querySelector('[data-all]'), made, expected);
    for (const team of batch.teams) show(region, team);
    // A screen reader hears of it now and then, not with every letter.
    const now = Date.now();
    if (now - said > 15000) {
      said = now;
      const status = region.querySelector('[data-said]');
      if (status) status.textContent = sentence;
    }
    if (batch.teams.every((team) => over.includes(team.state))) {
      source.close();
      end(region);
    }
  };
  for (const name of ['progress', 'end']) source.addEventListener(name, look);
  // A connection that broke is made again by itself; one that was refused is not.
  source.addEventListener('error', () => {
    if (source.readyState === EventSource.CLOSED) say('De voortgang wordt niet meer bijgewerkt. Ververs de pagina.');
  });
}

// Tells something at the top of the page, where it is also read out.
function say(sentence) {
  const told = document.getElementById('melding');
  if (!told) return;
  const line = document.createElement('p');
  line.className = 'message warn';
  line.textContent = sentence;
  told.replaceChildren(line);
}

function fill(bar, made, expected) {
  if (!bar || !expected) return;
  bar.max = expected;
  bar.value = Math.min(made, expected);
}

function show(region, team) {
  const row = region.querySelector(`[data-team="${CSS.escape(team.id)}"]`);
  if (!row) return;
  fill(row.querySelector('progress'), team.made, team.expected);
  const made = row.querySelector('[data-made]');
  if (made && team.expected) made.textContent = `${numbers.format(team.made)} van ${numbers.format(team.expected)}`;
  const badge = row.querySelector('[data-state] .badge');
  const known = team.cancelling && team.state === 'working' ? cancelling : states[team.state];
  if (mark(badge, known) && over.includes(team.state)) complete(region, team.id);
}

// Says the state in a badge; whether it was another one.
function mark(badge, known) {
  if (!badge || !known || badge.textContent.trim() === known[1]) return false;
  badge.className = `badge ${known[0]}`;
  badge.textContent = known[1];
  return true;
}

// What the server does not tell of a team that has ended, its letters, who got none and its bundle, is on the page.
const incomplete = new Set();
function complete(region, team) {
  incomplete.add(team);
  if (incomplete.size > 1) return;
  setTimeout(async () => {
    const teams = [...incomplete];
    incomplete.clear();
    const page = await pageAsItIs();
    if (!page || !region.dataset.events) return;
    for (const id of teams) {
      const named = `[data-team="${CSS.escape(id)}"]`;
      const row = region.querySelector(named);
      const now = page.querySelector(named);
      if (row && now && row.children.length === now.children.length && !row.contains(document.activeElement)) {
        const more = now.nextElementSibling;
        row.replaceChildren(...now.children);
        if (more?.matches('.more') && !row.nextElementSibling?.matches('.more')) row.after(more);
      }
    }
  }, 1000);
}

// The page of a batch that has ended says more: it takes the place of this one, without losing one's place on it.
async function end(region) {
  const page = await pageAsItIs();
  const ended = page?.getElementById(region.id);
  if (!ended) {
    say('De batch is afgelopen. Ververs de pagina om te zien hoe.');
    return;
  }
  region.replaceChildren(...ended.childNodes);
  delete region.dataset.events;
  const actions = document.querySelector('.heading');
  const others = page.querySelector('.heading');
  if (actions && others) actions.replaceChildren(...others.childNodes);
  const words = region.querySelector('.stand');
  const told = document.getElementById('melding');
  if (told && words) {
    const line = document.createElement('p');
    line.className = 'hidden';
    line.textContent = words.textContent.trim().replace(/\s+/g, ' ');
    told.replaceChildren(line);
  }
}

// Nothing when it cannot be had, or when it is another page: the one to sign in.
async function pageAsItIs() {
  try {
    const answer = await fetch(location.pathname, { headers: { Accept: 'text/html' } });
    if (!answer.ok || answer.redirected) return null;
    return new DOMParser().parseFromString(await answer.text(), 'text/html');
  } catch {
    return null;
  }
}

// The letter beside the choices follows them.
function preview(form) {
  const picture = form.querySelector('[data-letter]');
  if (!picture) return;
  const instead = document.createElement('p');
  instead.className = 'nothing-there';
  instead.textContent = picture.alt;
  instead.hidden = true;
  picture.after(instead);
  const there = (yes) => { picture.hidden = !yes; instead.hidden = yes; };
  picture.addEventListener('error', () => there(false));
  picture.addEventListener('load', () => there(true));
  if (picture.complete && picture.naturalWidth === 0) there(false);
  let wait;
  form.addEventListener('change', () => {
    clearTimeout(wait);
    wait = setTimeout(() => {
      const fields = new URLSearchParams(new FormData(form));
      fields.delete('sleutel');
      fields.delete('aangeboden');
      picture.src = `${picture.dataset.letter}?${fields}`;
    }, 250);
  });
}

// How many locations are chosen.
function count(form) {
  const words = form.querySelector('[data-picked]');
  if (!words) return;
  const say = () => {
    const chosen = form.querySelectorAll('input[name="team"]:checked').length;
    words.textContent = chosen === 0 ? 'Kies hierboven een of meer locaties.'
      : chosen === 1 ? '1 locatie gekozen.' : `${chosen} locaties gekozen.`;
  };
  form.addEventListener('change', say);
  say();
}

// A form that was sent is not sent again while the answer is on its way, which may take ten minutes. A download leaves
// the page as it is, so it may be asked for again at once; and nobody tells when sending was broken off, so after that
// the form is free again.
const LONGEST = 600000;
const waiting = new Map();

function once(form) {
  if ('download' in form.dataset) return;
  form.addEventListener('submit', (event) => {
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = 'yes';
    const button = event.submitter;
    if (button) {
      button.setAttribute('aria-disabled', 'true');
      if (button.dataset.busy) {
        button.dataset.idle = button.textContent;
        button.textContent = button.dataset.busy;
      }
    }
    waiting.set(form, setTimeout(() => free(form), LONGEST));
  });
}

function free(form) {
  clearTimeout(waiting.get(form));
  delete form.dataset.sent;
  // Also those that stand beside it.
  for (const button of form.elements) {
    if (button.localName !== 'button') continue;
    button.removeAttribute('aria-disabled');
    if (button.dataset.idle) button.textContent = button.dataset.idle;
  }
}

for (const region of document.querySelectorAll('[data-events]')) follow(region);
for (const form of document.querySelectorAll('[data-choices]')) preview(form);
for (const form of document.querySelectorAll('form')) count(form);
for (const form of document.querySelectorAll('form[method="post"]')) once(form);
// Back to a form in the browser's memory: it may be sent again.
addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('form')) free(form);
});
// Who presses Escape stops what is on its way.
addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  for (const form of document.querySelectorAll('form[data-sent]')) free(form);
});
const faults = document.getElementById('fouten');
if (faults) faults.focus();
