// Wat `factuurbrug status` laat zien. The same as en-status.ts, in Dutch.

import type { statusWords as english } from './en-status.ts'

export const statusWords: typeof english = {
  status: {
    state: (name, words) => `${words} (${name})`,
    oldest: since => `de oudste sinds ${since}`,
    review: since => `Controle staat aan sinds ${since}: wat binnenkomt, wacht tot je het vrijgeeft.`,
    live: since => `Live sinds ${since}: wat binnenkomt, wordt verstuurd.`,
    nothing: 'Er wacht niets op jou.',
    needs: count => `${count} ${count === 1 ? 'wacht' : 'wachten'} op jou:`,
    portal: 'Portaal',
    refused: 'weigert PORTAL_TOKEN, dus er wordt niets afgeleverd. Maak een nieuwe sleutel.',
    down: since => `reageert niet sinds ${since}, dus er wordt niets afgeleverd. Dat gaat vanzelf weer verder.`,
    noSandbox: 'Misschien draait de zandbak niet: `npm run sandbox` start die.',
    paused: seconds => `vroeg om een pauze, nog ${seconds} s.`,
    filling: pages =>
      `wordt voor het eerst ingelezen, tot nu toe ${pages} ${pages === 1 ? 'pagina' : 'pagina’s'}. Daarna begint het afleveren.`,
    tool: name => `Koppeling ${name}`,
    webhooks: address => `aan, webhooks naar ${address}`,
    asked: 'aan, wordt om de paar minuten bevraagd',
    off: 'uit',
    found: { ok: 'ok', note: 'NB', bad: 'FOUT' },
    warning: check => `Waarschuwing (${check})`
  }
}
