'use strict';
// What was typed into a form and not saved, because the session had ended or the server was away, can be put back. It
// stays in this tab until a page says that it was saved. Only forms with a text, or marked `data-keep`: they hold what a
// provider chooses, and nothing about clients.
(() => {
  const KEPT = 'concept:';
  // The form that was sent last, and of which nothing was heard yet.
  const SENT = 'verstuurd';
  let store;
  try { store = sessionStorage; } catch { return; }

  const isChoice = (field) => field.type === 'radio' || field.type === 'checkbox';
  // What stands beside the form only looks at it, and what is hidden was not typed.
  const fields = (form) => Array.from(form.elements).filter((field) => field.name && form.contains(field)
    && !['hidden', 'file', 'password', 'submit', 'button'].includes(field.type));
  const typed = (form) => fields(form)
    .filter((field) => !isChoice(field) || field.checked)
    .map((field) => [field.name, field.value]);
  const same = (one, other) => {
    const plain = (all) => JSON.stringify(all.map(([name, value]) => [name, value.replace(/\r\n?/g, '\n').trim()]));
    return plain(one) === plain(other);
  };
  const forget = () => {
    for (const key of Object.keys(store)) if (key.startsWith(KEPT) || key === SENT) store.removeItem(key);
  };

  const putBack = (form, kept) => {
    for (const field of fields(form)) {
      const before = isChoice(field) ? field.checked : field.value;
      const ours = kept.filter(([name]) => name === field.name);
      if (isChoice(field)) field.checked = ours.some(([, value]) => value === field.value);
      else if (ours.length) field.value = ours[0][1];
      if (before === (isChoice(field) ? field.checked : field.value)) continue;
      for (const kind of ['input', 'change']) field.dispatchEvent(new Event(kind, { bubbles: true }));
    }
  };

  const offer = (form, key, kept) => {
    const box = document.createElement('div');
    box.className = 'message warn';
    const words = document.createElement('p');
    words.textContent = 'Wat u hier eerder invulde, is niet bewaard.';
    const buttons = document.createElement('p');
    buttons.className = 'buttons';
    const button = (label, act) => {
      const made = document.createElement('button');
      made.type = 'button';
      made.className = 'quiet-button';
      made.textContent = label;
      made.addEventListener('click', act);
      return made;
    };
    buttons.append(
      button('Zet terug wat u had ingevuld', () => {
        putBack(form, kept);
        box.remove();
        const first = form.querySelector('textarea') || fields(form)[0];
        if (first) first.focus();
      }),
      button('Niet nodig', () => {
        store.removeItem(key);
        box.remove();
        document.getElementById('inhoud').focus();
      }),
    );
    box.append(words, buttons);
    document.getElementById('melding').append(box);
  };

  const sent = store.getItem(SENT);
  const visit = performance.getEntriesByType('navigation')[0];
  // Whoever goes back to a page reads again what was done before.
  const isAnswer = !visit || visit.type === 'navigate';
  const isSaved = new URLSearchParams(location.search).has('gedaan') || document.querySelector('[data-saved]');
  if (sent && isAnswer) {
    if (isSaved && !document.querySelector('[data-not-saved]')) store.removeItem(sent);
    // Whatever it says: what another form is answered is not about this one.
    store.removeItem(SENT);
  }

  for (const form of document.querySelectorAll('form[method="post"]')) {
    if (form.getAttribute('action') === '/afmelden') form.addEventListener('submit', forget);
    if (!form.querySelector('textarea') && !('keep' in form.dataset)) continue;
    const key = KEPT + new URL(form.action).pathname;
    let kept = null;
    try { kept = JSON.parse(store.getItem(key)); } catch { store.removeItem(key); }
    if (kept && !same(kept, typed(form))) offer(form, key, kept);
    form.addEventListener('submit', (event) => {
      if (event.defaultPrevented) return;
      try {
        store.setItem(key, JSON.stringify(typed(form)));
        store.setItem(SENT, key);
      } catch { /* Full: it goes as it went without this. */ }
    });
  }
})();
