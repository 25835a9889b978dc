'use strict';
// The editor of a letter: a picture that follows the words, and placeholders that go where the cursor is. Without this
// script the page does the same by its buttons.
(() => {
  const form = document.getElementById('brief-formulier');
  const text = document.getElementById('tekst');
  if (!form || !text) return;
  const state = document.getElementById('brief-stand');
  const sheet = document.getElementById('brief-blad');
  const words = document.getElementById('brief-tekst');
  const trouble = document.getElementById('brief-storing');
  const says = document.getElementById('brief-zegt');
  const PAUSE = 400;

  let saved = text.value;
  let timer = 0;
  let asking = null;
  let shown = null;
  let said = '';

  // What is typed while a picture is on its way makes that one worthless.
  const ask = async () => {
    if (asking) asking.abort();
    const mine = new AbortController();
    asking = mine;
    sheet.setAttribute('aria-busy', 'true');
    try {
      const answer = await fetch(form.dataset.preview, {
        method: 'POST',
        body: new URLSearchParams({ tekst: text.value, wie: new FormData(form).get('wie') || '' }),
        credentials: 'same-origin',
        signal: mine.signal,
      });
      if (answer.status === 401) throw new Error('U bent niet meer aangemeld. Meld u aan in een nieuw tabblad en ga dan hier verder.');
      if (!answer.ok) {
        // A page, as for everybody who asks: it says first what went wrong.
        const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
        throw new Error(page.querySelector('main .lead')?.textContent.trim() || 'Probeer het zo opnieuw.');
      }
      const parts = await answer.formData();
      await show(JSON.parse(await parts.get('answer')), parts.get('picture'), mine.signal);
      trouble.hidden = true;
    } catch (error) {
      if (mine.signal.aborted) return;
      const reason = error instanceof TypeError ? 'De server is niet bereikbaar.' : error.message;
      trouble.textContent = 'Het voorbeeld is niet ververst. ' + reason + ' Uw tekst staat er nog.';
      trouble.hidden = false;
    } finally {
      if (asking === mine) {
        asking = null;
        sheet.setAttribute('aria-busy', 'false');
      }
    }
  };

  // The last good picture stays until the next one can be seen.
  const show = async (answer, picture, signal) => {
    if (picture) {
      const address = URL.createObjectURL(picture);
      const image = new Image();
      image.src = address;
      await image.decode().catch(() => {});
      if (signal.aborted) {
        URL.revokeObjectURL(address);
        return;
      }
      image.alt = answer.alt;
      sheet.querySelector('img, .no-picture').replaceWith(image);
      if (shown) URL.revokeObjectURL(shown);
      shown = address;
      words.replaceChildren(...answer.text.map((paragraph) => {
        const p = document.createElement('p');
        p.textContent = paragraph;
        return p;
      }));
    }
    state.innerHTML = answer.state;
    text.setAttribute('aria-invalid', String(!picture));
    text.setAttribute('aria-describedby', document.getElementById('tekstfouten') ? 'tekst-hint tekstfouten' : 'tekst-hint');
    if (answer.said !== said) {
      said = answer.said;
      says.textContent = said;
    }
  };

  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  };
  text.addEventListener('input', soon);
  for (const choice of document.querySelectorAll('input[name="wie"]')) choice.addEventListener('change', ask);

  // From a fault to its place in the text. Columns count characters, not halves of them.
  state.addEventListener('click', (event) => {
    const link = event.target.closest('a[data-line]');
    if (!link) return;
    event.preventDefault();
    const lines = text.value.split('\n');
    const line = Math.min(Number(link.dataset.line), lines.length) - 1;
    const before = lines.slice(0, line).reduce((sum, each) => sum + each.length + 1, 0);
    const within = Array.from(lines[line]).slice(0, Number(link.dataset.column) - 1).join('').length;
    text.setSelectionRange(before + within, before + within);
    // Taking the focus away and giving it back makes a browser bring the cursor into view.
    text.blur();
    text.focus();
    text.scrollIntoView({ block: 'nearest' });
  });

  // Each placeholder becomes a button.
  for (const term of document.querySelectorAll('#invulvelden dt')) {
    const name = term.textContent.trim();
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = name;
    const explanation = term.nextElementSibling;
    explanation.id = 'uitleg-' + name.slice(1, -1).toLowerCase();
    button.setAttribute('aria-describedby', explanation.id);
    button.addEventListener('click', () => {
      text.focus();
      text.setRangeText(name, text.selectionStart, text.selectionEnd, 'end');
      says.textContent = name + ' ingevoegd';
      soon();
    });
    term.replaceChildren(button);
  }
  for (const each of document.querySelectorAll('[data-without-script]')) each.hidden = true;
  for (const each of document.querySelectorAll('[data-with-script]')) each.hidden = false;

  // Nobody loses words by a slip.
  form.addEventListener('submit', () => { saved = text.value; });
  window.addEventListener('beforeunload', (event) => {
    if (text.value !== saved) event.preventDefault();
  });
  // A browser that comes back to the page brings back what was typed, not its picture.
  if (text.value !== text.defaultValue) {
    saved = text.defaultValue;
    ask();
  }
})();
